/** Which reducers an event reaches, and in which shape. */
import type { AuthoredManifest, EventRoute } from '../forms/manifest.js';
import type { DefReducerModule } from '../forms/module.js';
import type { TypeLookup } from '../values/compile.js';
import { nameSome } from '../values/node.js';
import { error, type Finding, type Place, pathOf, warning } from './finding.js';

export interface Route {
  /** Index into the reducers of the world. */
  readonly reducer: number;
  /** Variant tag to wrap a member's value in, so that it becomes a value of the event family. */
  readonly wrap?: string;
  readonly keyField?: string;
}

/** Pairs of a schema and a reducer that one manifest may connect. */
const MAX_CONNECTIONS = 100_000;
const TOO_MANY = `expected at most ${MAX_CONNECTIONS} pairs of a schema and a reducer`;

/** How a value becomes one of an event family: as it is, or wrapped in the arm of a tag. */
export interface Wrapping {
  readonly wrap?: string;
}

/** Schemas whose values a reducer takes beside its family, with the tag to wrap each in. */
export type Members = ReadonlyMap<string, Wrapping>;

/**
 * Members of an event family: the target of a reference, or the arms of a variant of references to
 * distinct schemas. A text says why a type is no family.
 */
export function membersOf(family: string, typeOf: TypeLookup): Members | string {
  const type = typeOf(family);
  const members = new Map<string, Wrapping>();
  if (type === undefined) return members;
  if ('ref' in type) return members.set(type.ref, {});
  if (!('variant' in type)) return `found ${Object.keys(type)[0]}`;
  for (const [tag, arm] of Object.entries(type.variant)) {
    if (!('ref' in arm)) return `found the arm ${tag} without a reference`;
    if (members.has(arm.ref)) return `found ${arm.ref} twice`;
    members.set(arm.ref, { wrap: tag });
  }
  return members;
}

export interface Routing {
  readonly routes: ReadonlyMap<string, readonly Route[]>;
  readonly findings: readonly Finding[];
}

/** Builds the routes of every schema in manifest order, and checks each of them. */
export function buildRouting(
  manifest: Place & { readonly value: AuthoredManifest },
  reducers: readonly DefReducerModule[],
  typeOf: TypeLookup,
): Routing {
  const building = new RoutingBuilder(reducers, typeOf);
  manifest.value.routing?.events?.forEach((route, i) => {
    building.add(route, pathOf(manifest, `/routing/events/${i}`));
  });
  return building;
}

/** A reducer as routes see it. */
interface Target {
  readonly index: number;
  readonly module: DefReducerModule;
  readonly family: string;
  /** A text when the family is none, which is reported with the module. */
  readonly members: Members | string;
}

class RoutingBuilder implements Routing {
  readonly routes = new Map<string, Route[]>();
  readonly findings: Finding[] = [];
  private readonly targets: ReadonlyMap<string, Target>;
  /** Pairs of event and reducer that routes have named. */
  private readonly named = new Set<string>();
  /** Pairs of schema and reducer that routes have connected. */
  private readonly connected = new Set<string>();
  private isFull = false;

  constructor(
    reducers: readonly DefReducerModule[],
    private readonly typeOf: TypeLookup,
  ) {
    this.targets = new Map(
      reducers.map((module, index) => {
        const family = module.abi.reducer.event;
        return [module.name, { index, module, family, members: membersOf(family, typeOf) }];
      }),
    );
  }

  add(route: EventRoute, path: string): void {
    if (this.isFull) return;
    if (this.typeOf(route.event) === undefined) {
      const message = `expected a schema of this world, found ${route.event}`;
      const hint = `add ${route.event} to the schemas of the manifest`;
      this.findings.push(error('schema-not-found', `${path}/event`, message, hint));
    }
    const target = this.targets.get(route.reducer);
    if (target === undefined) {
      const message = `expected a reducer among the modules, found ${route.reducer}`;
      this.findings.push(error('routing-unknown-reducer', `${path}/reducer`, message));
    } else if (this.named.has(`${route.event} ${route.reducer}`)) {
      const message = `expected one route of ${route.event} to ${route.reducer}, found a second`;
      this.findings.push(error('routing-duplicate', path, message));
    } else {
      this.named.add(`${route.event} ${route.reducer}`);
      this.checkKey(route, target.module, path);
      this.connect(route, target, path);
    }
  }

  private checkKey(route: EventRoute, reducer: DefReducerModule, path: string): void {
    const isKeyed = reducer.key_schema !== undefined;
    if (isKeyed === (route.key_field !== undefined)) return;
    const code = isKeyed ? 'routing-missing-key-field' : 'routing-unexpected-key-field';
    const message = isKeyed
      ? `expected a key_field, since ${reducer.name} is keyed`
      : `expected no key_field, since ${reducer.name} has no key_schema`;
    this.findings.push(error(code, isKeyed ? path : `${path}/key_field`, message));
  }

  /** A family serves itself and all its members, a member only itself. */
  private connect(route: EventRoute, target: Target, path: string): void {
    const { family, members } = target;
    if (typeof members === 'string') return;
    const key = route.key_field === undefined ? {} : { keyField: route.key_field };
    const base: Route = { reducer: target.index, ...key };
    const member = members.get(route.event);
    if (route.event === family) {
      this.connectTo(family, base, path);
      for (const [schema, wrap] of members) this.connectTo(schema, { ...base, ...wrap }, path);
    } else if (member !== undefined) {
      this.connectTo(route.event, { ...base, ...member }, path);
    } else {
      const names = nameSome([family, ...members.keys()]);
      const message = `expected an event of ${route.reducer} (${names}), found ${route.event}`;
      this.findings.push(error('routing-schema-mismatch', `${path}/event`, message));
    }
  }

  /** An event reaches a reducer once: the first route that leads there counts. */
  private connectTo(schema: string, route: Route, path: string): void {
    const pair = `${schema} ${route.reducer}`;
    if (this.connected.has(pair)) {
      const message = `${schema} already reaches this reducer by an earlier route`;
      this.findings.push(warning('routing-overlap', path, message));
      return;
    }
    if (this.connected.size === MAX_CONNECTIONS) {
      if (!this.isFull) this.findings.push(error('routing-size', path, TOO_MANY));
      this.isFull = true;
      return;
    }
    this.connected.add(pair);
    const routes = this.routes.get(schema);
    if (routes === undefined) this.routes.set(schema, [route]);
    else routes.push(route);
  }
}

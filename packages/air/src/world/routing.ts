/** Which reducers an event reaches, and in which shape. */
import type { EventRoute, Manifest } from '../forms/manifest.js';
import type { DefReducerModule } from '../forms/module.js';
import type { TypeLookup } from '../values/compile.js';
import { error, type Finding, type Place, pathOf, warning } from './finding.js';

export interface Route {
  /** Index into the reducers of the world. */
  readonly reducer: number;
  /** Variant tag to wrap a member's value in, so that it becomes a value of the event family. */
  readonly wrap?: string;
  readonly keyField?: string;
}

/** A schema whose values a reducer takes, beside its family itself. */
export interface Member {
  readonly schema: string;
  readonly wrap?: string;
}

/**
 * Members of an event family: the target of a reference, or the arms of a variant of references to
 * distinct schemas. A text says why a type is no family.
 */
export function membersOf(family: string, typeOf: TypeLookup): readonly Member[] | string {
  const type = typeOf(family);
  if (type === undefined) return [];
  if ('ref' in type) return [{ schema: type.ref }];
  if (!('variant' in type)) return `found ${Object.keys(type)[0]}`;
  const members: Member[] = [];
  for (const [tag, arm] of Object.entries(type.variant)) {
    if (!('ref' in arm)) return `found the arm ${tag} without a reference`;
    if (members.some((member) => member.schema === arm.ref)) return `found ${arm.ref} twice`;
    members.push({ schema: arm.ref, wrap: tag });
  }
  return members;
}

/** The reducers of a world as routing sees them, in manifest order. */
export type RoutedReducers = readonly DefReducerModule[];

export interface Routing {
  readonly routes: ReadonlyMap<string, readonly Route[]>;
  readonly findings: readonly Finding[];
}

/** Builds the routes of every schema in manifest order, and checks each of them. */
export function buildRouting(
  manifest: Manifest,
  place: Place,
  reducers: RoutedReducers,
  typeOf: TypeLookup,
): Routing {
  const building = new RoutingBuilder(reducers, typeOf);
  manifest.routing?.events?.forEach((route, i) => {
    building.add(route, pathOf(place, `/routing/events/${i}`));
  });
  return building;
}

class RoutingBuilder implements Routing {
  readonly routes = new Map<string, Route[]>();
  readonly findings: Finding[] = [];
  private readonly seen = new Set<string>();

  constructor(
    private readonly reducers: RoutedReducers,
    private readonly typeOf: TypeLookup,
  ) {}

  add(route: EventRoute, path: string): void {
    if (this.typeOf(route.event) === undefined) {
      const message = `expected a schema of this world, found ${route.event}`;
      const hint = `add ${route.event} to the schemas of the manifest`;
      this.findings.push(error('schema-not-found', `${path}/event`, message, hint));
    }
    const index = this.reducers.findIndex((module) => module.name === route.reducer);
    const reducer = this.reducers[index];
    if (reducer === undefined) {
      const message = `expected a reducer among the modules, found ${route.reducer}`;
      this.findings.push(error('routing-unknown-reducer', `${path}/reducer`, message));
      return;
    }
    if (this.seen.has(`${route.event} ${route.reducer}`)) {
      const message = `expected one route of ${route.event} to ${route.reducer}, found a second`;
      this.findings.push(error('routing-duplicate', path, message));
      return;
    }
    this.seen.add(`${route.event} ${route.reducer}`);
    this.checkKey(route, reducer, path);
    this.connect(route, index, reducer, path);
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

  private connect(
    route: EventRoute,
    index: number,
    reducer: DefReducerModule,
    path: string,
  ): void {
    const family = reducer.abi.reducer.event;
    const found = membersOf(family, this.typeOf);
    const members = typeof found === 'string' ? [] : found;
    const key = route.key_field === undefined ? {} : { keyField: route.key_field };
    if (route.event === family) {
      this.connectTo(family, { reducer: index, ...key }, path);
      for (const { schema, ...wrap } of members) {
        this.connectTo(schema, { reducer: index, ...wrap, ...key }, path);
      }
      return;
    }
    const member = members.find(({ schema }) => schema === route.event);
    if (member !== undefined) {
      const { schema, ...wrap } = member;
      this.connectTo(schema, { reducer: index, ...wrap, ...key }, path);
    } else if (typeof found !== 'string') {
      const names = [family, ...members.map(({ schema }) => schema)].join(', ');
      const message = `expected an event that ${reducer.name} takes (${names}), found ${route.event}`;
      this.findings.push(error('routing-schema-mismatch', `${path}/event`, message));
    }
  }

  /** An event reaches a reducer once: the first route that leads there counts. */
  private connectTo(schema: string, route: Route, path: string): void {
    const routes = this.routes.get(schema) ?? [];
    if (routes.some(({ reducer }) => reducer === route.reducer)) {
      const message = `${schema} already reaches this reducer by an earlier route`;
      this.findings.push(warning('routing-overlap', path, message));
      return;
    }
    this.routes.set(schema, [...routes, route]);
  }
}

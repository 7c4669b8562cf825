/**
 * Routes: which reducers an event reaches, in which shape, and which of their cells.
 *
 * An event reaches a reducer once; routes stand in manifest order.
 */
import type { Route, WorldDefinition } from '@aos/air';
import { assert, bytesEqual } from '@aos/canon';
import { INLINE_VALUE_BYTES } from '@aos/protocol';
import { compileKeyField, type KeyExtractor } from './key-extractor.js';
import type { ReducerProgram } from './reducer-program.js';

export interface EventRoute {
  readonly reducer: ReducerProgram;
  /** Tag of the arm to wrap the value in, so that it becomes one of the event family. */
  readonly wrap: string | undefined;
  /** Exactly when the reducer is keyed. */
  readonly keyOf: KeyExtractor | undefined;
}

export type Routes = ReadonlyMap<string, readonly EventRoute[]>;

/** Compiles the routes of every schema that events may have. */
export function compileRoutes(
  definition: WorldDefinition,
  reducers: readonly ReducerProgram[],
): Routes {
  const compiled = new Map<string, readonly EventRoute[]>();
  for (const schema of definition.schemas.keys()) {
    const routes = definition.routesOf(schema);
    if (routes.length === 0) continue;
    compiled.set(
      schema,
      routes.map((route) => compileRoute(schema, route, { definition, reducers })),
    );
  }
  return compiled;
}

function compileRoute(
  schema: string,
  { reducer: index, wrap, keyField }: Route,
  from: { readonly definition: WorldDefinition; readonly reducers: readonly ReducerProgram[] },
): EventRoute {
  const reducer = from.reducers[index];
  assert(reducer !== undefined, 'a route names a reducer of the definition');
  if (keyField === undefined) return { reducer, wrap, keyOf: undefined };
  const arm = isRoutedAsFamily(schema, reducer, from.definition) ? wrap : undefined;
  return { reducer, wrap, keyOf: compileKeyField({ path: keyField, arm }) };
}

/** Whether the route that leads here names the family, so that its key field is relative to it. */
function isRoutedAsFamily(
  schema: string,
  { definition: { name, event } }: ReducerProgram,
  { manifest }: WorldDefinition,
): boolean {
  const first = manifest.routing?.events?.find(
    (route) => route.reducer === name && (route.event === schema || route.event === event.name),
  );
  return first?.event === event.name;
}

/**
 * The key of the cell that a route leads to: canonical in the reducer's key schema, `null` for a
 * reducer without keys.
 */
export function cellKeyOf(route: EventRoute, value: Uint8Array): Uint8Array | null {
  return route.keyOf === undefined ? null : route.keyOf(value);
}

/**
 * Checks an event against the keyed routes it takes. The extracted key is the one that counts; a
 * key that came with the event must be the same. Codes: `event-key-too-large` for one of more than
 * 4,096 bytes, `event-key-mismatch`.
 */
export function checkEventKey(
  routes: readonly EventRoute[],
  value: Uint8Array,
  given: Uint8Array | undefined,
): 'event-key-too-large' | 'event-key-mismatch' | undefined {
  if (given !== undefined && given.length > INLINE_VALUE_BYTES) return 'event-key-too-large';
  if (given === undefined && value.length <= INLINE_VALUE_BYTES) return undefined;
  for (const route of routes) {
    const key = cellKeyOf(route, value);
    if (key === null) continue;
    if (key.length > INLINE_VALUE_BYTES) return 'event-key-too-large';
    if (given !== undefined && !isKey(route, key, given)) return 'event-key-mismatch';
  }
  return undefined;
}

/** Whether `given` is the key, canonical already or any CBOR of it. */
function isKey(route: EventRoute, key: Uint8Array, given: Uint8Array): boolean {
  if (bytesEqual(key, given)) return true;
  const normalized = route.reducer.definition.keySchema?.normalizeCbor(given);
  return normalized?.ok === true && bytesEqual(normalized.value, key);
}

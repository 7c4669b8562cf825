/** Checks that the key of a routed event is where its route says, and is what the reducer wants. */
import type { EventRoute } from '../forms/manifest.js';
import { nameSome } from '../values/node.js';
import { error, type Finding, pathOf } from '../world/finding.js';
import type { DefinitionIndex } from './definition-index.js';
import { fieldsOf, typeAtPath } from './field-path.js';

export function checkRoutingKeys(index: DefinitionIndex): readonly Finding[] {
  const { manifest } = index;
  return (manifest.value.routing?.events ?? []).flatMap((route, i) =>
    checkKey(route, pathOf(manifest, `/routing/events/${i}/key_field`), index),
  );
}

/**
 * A path is relative to the routed event; in a variant it leads through `$value` into all arms.
 * Reports nothing where the event, the reducer or its key schema is wrong already.
 */
function checkKey(route: EventRoute, path: string, index: DefinitionIndex): readonly Finding[] {
  const { types } = index;
  const { event, key_field } = route;
  const key = index.reducer(route.reducer)?.value.key_schema;
  if (key === undefined || key_field === undefined) return [];
  if (types.typeOf(key) === undefined || types.typeOf(event) === undefined) return [];
  const found = typeAtPath({ ref: event }, key_field.split('.'), types);
  if (found === undefined) {
    const message = `expected a field of ${event}, the same in every arm, found ${key_field}`;
    const hint = `fields: ${nameSome(fieldsOf({ ref: event }, types))}`;
    return [error('routing-key-field-mismatch', path, message, hint)];
  }
  if (types.identity.of(found) === types.identity.ofSchema(key)) return [];
  const message = `expected ${key_field} of ${event} to be a ${key}, found another type`;
  return [error('routing-key-field-mismatch', path, message)];
}

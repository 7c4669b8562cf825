/**
 * Events that only the kernel makes: those that tell reducers how their effects ended, and of
 * proposals. Whoever could send one would have a receipt that nobody signed, or a yes nobody gave.
 */
import {
  PROPOSAL_CHANGED,
  receiptEventsOf,
  WORKSPACE_EVENTS,
  type WorldDefinition,
} from '@aos/air';
import { encodeUntagged, toHex } from '@aos/canon';
import { itemAt, itemPathOf } from './item-path.js';

/**
 * By schema: `true` where every value is reserved, or the arms of a variant that are, as the hex of
 * their encoded tags.
 */
export type ReservedEvents = ReadonlyMap<string, true | ReadonlySet<string>>;

/** Finds them among the schemas of a definition, given the kinds of its effects. */
export function compileReserved(
  definition: WorldDefinition,
  effectKinds: Iterable<string>,
): ReservedEvents {
  const kinds = [...effectKinds];
  const receipts = kinds.flatMap((kind) => receiptEventsOf(kind).map(({ schema }) => schema));
  const own = new Set([PROPOSAL_CHANGED, ...receipts]);
  const reserved = new Map<string, true | ReadonlySet<string>>();
  for (const schema of definition.schemas.keys()) {
    const found = own.has(schema) ? true : reservedArms(schema, definition, own);
    if (found !== undefined) reserved.set(schema, found);
  }
  return reserved;
}

function reservedArms(
  schema: string,
  definition: WorldDefinition,
  own: ReadonlySet<string>,
): true | ReadonlySet<string> | undefined {
  const type = definition.find('defschema', schema)?.type;
  if (type === undefined) return undefined;
  if ('ref' in type) return own.has(type.ref) ? true : undefined;
  if (!('variant' in type)) return undefined;
  const arms = Object.entries(type.variant).filter(([, arm]) => 'ref' in arm && own.has(arm.ref));
  return arms.length === 0 ? undefined : new Set(arms.map(([tag]) => toHex(encodeUntagged(tag))));
}

const TAG = itemPathOf(['$tag']);

/** Whether only the kernel may make this event. `value` is canonical in its schema. */
export function isReserved(reserved: ReservedEvents, schema: string, value: Uint8Array): boolean {
  const found = reserved.get(schema);
  if (found === undefined) return false;
  return found === true || found.has(toHex(itemAt(value, TAG)));
}

/**
 * Whether the world itself cannot raise this event: what only the kernel makes, and what only comes
 * from outside. A commit to a workspace that a plan or a reducer raises would pass by the grants of
 * `workspace.commit`.
 */
export function isClosedToWorld(
  reserved: ReservedEvents,
  schema: string,
  value: Uint8Array,
): boolean {
  return WORKSPACE_EVENTS.includes(schema) || isReserved(reserved, schema, value);
}

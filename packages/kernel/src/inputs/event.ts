/** `event`: a domain event from outside. */
import type { JsonValue } from '@aos/air';
import { attempt, type Result, refuse, utf8 } from '@aos/canon';
import { INLINE_VALUE_BYTES } from '@aos/protocol';
import {
  type Admission,
  type AdmittedEvent,
  admitted,
  type RawEvent,
  type RawValue,
  refused,
} from '../admit/admitted.js';
import { normalizePlanStart, PLAN_START } from '../plans/manual-start.js';
import { inboxOf, routesOf } from '../program/program.js';
import type { ReducerProgram } from '../program/reducer-program.js';
import { isReserved } from '../program/reserved-events.js';
import { checkEventKey, type EventRoute } from '../program/routes.js';
import type { Run } from '../step/run.js';
import { addToWindow } from '../world/window.js';
import type { World } from '../world/world.js';

/** Largest dedup id, in bytes of UTF-8: ids are kept in memory. */
const MAX_DEDUP_BYTES = 256;

/**
 * Normalizes an event to its schema. Codes: `world-paused`, `world-halted`, `world-draining`,
 * `dedup-invalid`, `event-schema-unknown`, `event-too-large`, `event-reserved`, `inbox-unknown`,
 * `inbox-schema`, `event-key-missing`, `event-key-unexpected`, `event-key-mismatch`,
 * `event-key-too-large`, `plan-not-found` (of an event that starts a plan) and the normalizer's
 * `value-*`, with the path of the offending part.
 */
export function admitEvent(world: World, raw: RawEvent): Admission {
  if (raw.dedup !== undefined) {
    const known = findDuplicate(world, raw.dedup);
    if (known !== undefined) return known;
  }
  if (world.mode !== 'running') {
    return refused(closedCode(world), raw.schema, closedDetail(world));
  }
  const value = normalizeEvent(world, raw);
  if (!value.ok) return { kind: 'refused', refusal: value.refusal };
  const event = { kind: 'event' as const, schema: raw.schema, value: value.value };
  if (raw.key === undefined && raw.source === undefined && raw.dedup === undefined) {
    return checkKey(world, event);
  }
  const key = admitKey(world, raw);
  if (!key.ok) return { kind: 'refused', refusal: key.refusal };
  return checkKey(world, {
    ...event,
    ...(key.value === undefined ? {} : { key: key.value }),
    ...(raw.source === undefined ? {} : { source: raw.source }),
    ...(raw.dedup === undefined ? {} : { dedup: raw.dedup }),
  });
}

/** Queues the event, and remembers its dedup id. */
export function applyEvent(run: Run, input: AdmittedEvent): void {
  const { schema, value, key, source, dedup } = input;
  const { next } = run;
  if (dedup !== undefined) {
    const item = { id: dedup, seq: run.seq, i: 0 as const };
    const limit = next.runtime.limits.dedup_window;
    next.dedup = addToWindow(next.dedup, item, utf8(dedup), limit);
  }
  const event = { kind: 'event' as const, schema, value, cause: run.inputPlace, done: 0 };
  if (key === undefined && source === undefined) run.queue.push(event);
  else {
    run.queue.push({
      ...event,
      ...(key === undefined ? {} : { key }),
      ...(source === undefined ? {} : { source }),
    });
  }
}

function findDuplicate(world: World, dedup: string): Admission | undefined {
  const id = attempt(() => utf8(dedup));
  if (!id.ok || id.value.length === 0 || id.value.length > MAX_DEDUP_BYTES) {
    const detail = `expected text of 1 to ${MAX_DEDUP_BYTES} bytes of UTF-8`;
    return refused('dedup-invalid', '/dedup', detail);
  }
  const known = world.dedup.items.get(id.value);
  return known === undefined ? undefined : { kind: 'duplicate', seq: known.seq };
}

/** Why a world that does not run takes nothing that makes it run. */
export function closedCode({ mode }: World): 'world-paused' | 'world-halted' | 'world-draining' {
  if (mode === 'paused') return 'world-paused';
  return mode === 'halted' ? 'world-halted' : 'world-draining';
}

/** What of the world stands still, and how that ends. */
export function closedDetail({ mode, haltCode }: World): string {
  const why = haltCode === null ? '' : ` (${haltCode})`;
  return `the world is ${mode}${why} and takes no events; 'aos control resume' ends that`;
}

function normalizeEvent(world: World, raw: RawEvent): Result<Uint8Array> {
  const { definition } = world.program;
  const schema = definition.schemas.get(raw.schema);
  if (schema === undefined) {
    const known = definition.manifest.schemas.map((ref) => ref.name).join(', ');
    const detail = `no schema '${raw.schema}' in this world; it declares ${known}`;
    return refuse('event-schema-unknown', raw.schema, detail);
  }
  const read = readValue(schema, raw);
  const isStart = read.ok && raw.schema === PLAN_START;
  const value = isStart ? normalizePlanStart(world.program.plans, read.value) : read;
  if (!value.ok) return value;
  const limit = world.runtime.limits.event_bytes;
  if (value.value.length > limit) {
    const detail = `expected at most ${limit} bytes, found ${value.value.length}`;
    return refuse('event-too-large', raw.schema, detail);
  }
  if (!isReserved(world.program.reserved, raw.schema, value.value)) return value;
  return refuse(
    'event-reserved',
    raw.schema,
    'only the kernel says how an effect has ended, or what became of a proposal',
  );
}

interface Normalizer {
  normalizeCbor(bytes: Uint8Array): Result<Uint8Array>;
  normalizeJson(json: JsonValue): Result<Uint8Array>;
}

function readValue(schema: Normalizer, raw: RawValue): Result<Uint8Array> {
  return raw.cbor === undefined ? schema.normalizeJson(raw.json) : schema.normalizeCbor(raw.cbor);
}

/** The key as the record holds it: canonical where it is that of a cell. */
function admitKey(world: World, raw: RawEvent): Result<Uint8Array | undefined> {
  if (raw.source !== undefined) return admitInboxKey(world, raw, raw.source);
  const { key } = raw;
  if (key === undefined) return { ok: true, value: undefined };
  const keyed = routesOf(world.program, raw.schema).find(isKeyed);
  if (keyed !== undefined) return readKey(keyed.reducer, key);
  if (key instanceof Uint8Array) return checkSize(key);
  const detail = `no route of ${raw.schema} leads to cells: give correlation bytes, or no key`;
  return refuse('event-key-unexpected', '/key', detail);
}

function isKeyed(route: EventRoute): boolean {
  return route.keyOf !== undefined;
}

function admitInboxKey(
  { program }: World,
  { schema, key }: RawEvent,
  source: string,
): Result<Uint8Array | undefined> {
  const inbox = inboxOf(program, source, schema);
  if (inbox === undefined) {
    const inboxes = program.definition.manifest.routing?.inboxes ?? [];
    const known = inboxes.map((each) => each.source).join(', ') || 'none';
    return refuse('inbox-unknown', '/source', `no inbox '${source}' here; there are ${known}`);
  }
  const { reducer, member } = inbox;
  const { name, keySchema, members } = reducer.definition;
  if (member === undefined) {
    const known = [...members.keys()].join(', ');
    return refuse('inbox-schema', '/source', `${source} leads to ${name}, which takes ${known}`);
  }
  if (keySchema !== undefined) {
    if (key !== undefined) return readKey(reducer, key);
    return refuse('event-key-missing', '/key', `${name} is keyed: say which cell is meant`);
  }
  if (key === undefined) return { ok: true, value: undefined };
  return refuse('event-key-unexpected', '/key', `${name} has no keys: leave the key out`);
}

function readKey(
  { definition: { keySchema } }: ReducerProgram,
  key: Exclude<RawEvent['key'], undefined>,
): Result<Uint8Array | undefined> {
  if (keySchema === undefined) return { ok: true, value: undefined };
  const normal = key instanceof Uint8Array ? { cbor: key } : key;
  const read = readValue(keySchema, normal);
  if (read.ok) return checkSize(read.value);
  const { code, at, detail } = read.refusal;
  return refuse(code, `/key${at}`, detail);
}

function checkSize(key: Uint8Array): Result<Uint8Array> {
  if (key.length <= INLINE_VALUE_BYTES) return { ok: true, value: key };
  return refuse('event-key-too-large', '/key', keySizeDetail(key.length));
}

function keySizeDetail(sizeBytes: number): string {
  return `expected a key of at most ${INLINE_VALUE_BYTES} bytes, found ${sizeBytes}`;
}

function checkKey(world: World, event: AdmittedEvent): Admission {
  if (event.source !== undefined) return admitted(event);
  const routes = routesOf(world.program, event.schema);
  const code = checkEventKey(routes, event.value, event.key);
  if (code === undefined) return admitted(event);
  const detail =
    code === 'event-key-mismatch'
      ? 'the key is not the one that the value has at the key field of its route'
      : `expected a key of at most ${INLINE_VALUE_BYTES} bytes`;
  return refused(code, '/key', detail);
}

/**
 * Taking authority away never allows more: the same inputs, fed to a world that differs in one
 * grant or rule that was made narrower, are decided alike up to the first decision that differs,
 * and that one lets less through. After it the two worlds have nothing in common that could be
 * compared.
 */
import { type Hash, toHex, type Value } from '@aos/canon';
import type { RawInput } from '@aos/kernel';
import type { CarriedValue, Entry, Input, JournalRecord } from '@aos/protocol';
import { genesisOf, type Life, must } from '../kernel/life.js';
import type { Json } from '../palette/json.js';
import { generateDefinition } from '../palette/palette.js';
import type { Random } from '../random.js';

/** A world more to make and live for some of the seeds. */
const CHANCE = 0.15;
const CACHE_LEAVES = 64;

/** The denial of a key that is not one's own. */
const COPIED = 'idempotency-key-taken';

/** How much an outcome lets through. */
const WIDTH = { deny: 0, wait: 1, allow: 2 } as const;

type Edit = (nodes: readonly Json[]) => readonly Json[];

/** Throws when the narrower world lets more through. */
export function checkNarrowed(life: Life): void {
  const { random, definitionSeed, options, generated } = life;
  const grants = generated.authority?.grants ?? [];
  if (grants.length === 0 || !random.chance(CHANCE)) return;
  const edit = narrowing(random, random.pick(grants));
  const { definition } = generateDefinition(definitionSeed, options, edit);
  const { genesis } = life.world;
  const bytes = genesisOf(definition, genesis.runtime.limits, genesis.nonce);
  const memory = life.disk.memory(CACHE_LEAVES);
  const ports = { engine: life.engine, source: memory.source };
  let world = must(life.kernel.createWorld(bytes, definition, ports));
  const names = new Names(world.worldId);
  for (const { record } of life.lived) {
    const raw = names.raw(record.input, (hash) => life.disk.read(hash));
    const current = world;
    const admission = memory.ask(() => life.kernel.admit(current, raw));
    if (admission.kind !== 'admitted') throw new Error(`record ${record.seq} is refused`);
    const { input } = admission;
    const done = memory.ask(() => life.kernel.step(current, input, record.stamp, ports));
    const difference = compare(record, done.record);
    if (difference !== undefined) {
      life.coverage.count(`life narrowed to ${difference}`);
      return;
    }
    names.learn(record, done.record);
    world = done.world;
  }
  life.coverage.count('life narrowed in vain');
}

/** One way to give less by a grant. */
function narrowing(random: Random, name: string): Edit {
  const grantWith =
    (more: Json): Edit =>
    (nodes) =>
      nodes.map((node) => (node.$kind === 'manifest' ? withGrant(node, name, more) : node));
  return random.pick<Edit>([
    grantWith({ expiry_ns: 0 }),
    grantWith({ expiry_ns: 0 }),
    grantWith({ budget: { calls: 0 } }),
    (nodes) => nodes.map((node) => (node.$kind === 'defpolicy' ? withDenial(node, name) : node)),
  ]);
}

function withGrant(manifest: Json, name: string, more: Json): Json {
  const { cap_grants, ...defaults } = manifest.defaults as { readonly cap_grants: readonly Json[] };
  // What is made from a grant may not have a wider budget than it.
  const isNarrowed = (grant: Json) => grant.name === name || grant.parent === name;
  const grants = cap_grants.map((grant) => (isNarrowed(grant) ? { ...grant, ...more } : grant));
  const features = [...new Set([...(manifest.features as string[]), 'grant-budget'])];
  return { ...manifest, features, defaults: { ...defaults, cap_grants: grants } };
}

function withDenial(policy: Json, name: string): Json {
  const first = { when: { cap_name: name }, decision: 'deny' };
  return { ...policy, rules: [first, ...(policy.rules as readonly Json[])] };
}

/**
 * The first difference: a denial; a key that was copied from an intent that is called otherwise
 * here; several intents that end at once, in the order of their names. Undefined when there is
 * none; throws when it is any other.
 */
function compare(
  wider: JournalRecord,
  narrower: JournalRecord,
): 'a denial' | 'another key' | 'another order' | undefined {
  const ended = wider.entries.filter(({ kind }) => kind === 'settled' || kind === 'dropped');
  if (ended.length > 1) return 'another order';
  for (const [i, entry] of wider.entries.entries()) {
    const other = narrower.entries[i];
    if (other !== undefined && labelOf(entry) === labelOf(other)) continue;
    if (entry.kind === 'decision' && other?.kind === 'decision') {
      if (WIDTH[other.outcome] < WIDTH[entry.outcome]) return 'a denial';
      if (entry.outcome === 'deny' && other.outcome === 'deny') return 'a denial';
    }
    if (isLess(entry, other)) return 'a denial';
    if ('code' in entry && entry.code === COPIED) return 'another key';
    const found = other === undefined ? 'nothing' : labelOf(other);
    throw new Error(
      `with less authority record ${wider.seq} has ${found} in place of ${labelOf(entry)}`,
    );
  }
  if (narrower.entries.length === wider.entries.length) return undefined;
  throw new Error(`with less authority record ${wider.seq} has more entries`);
}

/** A step or call that is denied tells of it before its decision. */
function isLess(wider: Entry, narrower: Entry | undefined): boolean {
  if (narrower?.kind === 'plan-step' && wider.kind === 'plan-step') return narrower.code !== null;
  return narrower?.kind === 'decision' && narrower.outcome === 'deny';
}

function labelOf(entry: Entry): string {
  const parts = [entry.kind, 'reducer' in entry ? entry.reducer : ''];
  if (entry.kind === 'decision')
    parts.push(entry.effect, entry.cap, entry.outcome, `${entry.code}`);
  if (entry.kind === 'plan-step') parts.push(entry.step, entry.outcome, `${entry.code}`);
  return parts.join(' ');
}

/** The intents of the narrower world, by their names in the wider one. */
class Names {
  private readonly hashes = new Map<string, Hash>();

  constructor(private readonly worldId: Hash) {}

  learn(wider: JournalRecord, narrower: JournalRecord): void {
    const intents = narrower.entries.filter(({ kind }) => kind === 'intent');
    for (const entry of wider.entries) {
      if (entry.kind !== 'intent') continue;
      const other = intents.shift();
      if (other?.kind === 'intent') this.hashes.set(toHex(entry.intent), other.intent);
    }
  }

  /** An input of the wider world, as the narrower one gets it. */
  raw(input: Input, read: (hash: Hash) => Uint8Array | undefined): RawInput {
    const bytesOf = (value: CarriedValue): Uint8Array => {
      const bytes = value.inline ?? read(value.ref);
      if (bytes === undefined) throw new Error('the value of an input is stored nowhere');
      return bytes;
    };
    const { worldId } = this;
    switch (input.kind) {
      case 'event': {
        const { value, ...rest } = input;
        return { ...rest, cbor: bytesOf(value) };
      }
      case 'receipt': {
        const intentHash = this.nameOf(input.receipt.intentHash);
        const payload = bytesOf(input.payload);
        return { ...input, payload, receipt: { ...input.receipt, worldId, intentHash } };
      }
      case 'stream-frame': {
        const intentHash = this.nameOf(input.frame.intentHash);
        const payload = bytesOf(input.payload);
        return { ...input, payload, frame: { ...input.frame, worldId, intentHash } };
      }
      case 'governance':
        return { ...input, args: this.renamed(input.args) };
      default:
        return input;
    }
  }

  private nameOf(hash: Hash): Hash {
    return this.hashes.get(toHex(hash)) ?? hash;
  }

  private renamed(args: ReadonlyMap<Value, Value>): ReadonlyMap<Value, Value> {
    const hash = args.get('intent_hash');
    return new Map(args).set('intent_hash', this.nameOf(hash as Hash));
  }
}

/**
 * Mutants of small modules: bits flipped, bytes changed, pieces cut, doubled and exchanged. What is
 * valid stays valid behind the guard or is refused by name, what is not is refused; and whatever is
 * admitted answers within its fuel.
 */
import { DEFAULT_CALL_LIMITS } from '@aos/protocol';
import { instrument, WasmEngine } from '@aos/wasm';
import { expect, it } from 'vitest';
import { readVectors } from './fuel-calls.js';
import { isValid } from './platform.js';
import { SOON_MS, startWatch } from './stopwatch.js';

const MUTANTS = process.env.AOS_DRILL === 'large' ? 40_000 : 2_000;
const SEED = 20_260_501;
const LIMITS = { ...DEFAULT_CALL_LIMITS, fuel: 200_000, memoryPages: 64 };
const REFUSED =
  /^(module-(invalid|imports|feature|limit|export-missing|instantiate)|memory-limit)$/;
const FAULTED = /^(module-(trap|alloc|output-bounds|output-size)|out-of-fuel|stack-overflow)$/;

const modules = readVectors().modules.map(({ wasm }) => Uint8Array.from(Buffer.from(wasm, 'hex')));

/** A generator of numbers below `limit`; the same seed gives the same numbers. */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 12), 0x297a2d39);
    mixed ^= mixed >>> 15;
    return (mixed >>> 0) % limit;
  };
}

type Random = ReturnType<typeof randomFrom>;

const mutations: readonly ((bytes: Uint8Array, random: Random) => Uint8Array)[] = [
  (bytes, random) => changed(bytes, random, (byte) => byte ^ (1 << random(8))),
  (bytes, random) => changed(bytes, random, () => random(256)),
  (bytes, random) => changed(bytes, random, (byte) => byte + 1),
  (bytes, random) => changed(bytes, random, () => INTERESTING[random(INTERESTING.length)] ?? 0),
  (bytes, random) => bytes.slice(0, random(bytes.length)),
  (bytes, random) => spliced(bytes, random, new Uint8Array()),
  (bytes, random) => spliced(bytes, random, Uint8Array.of(random(256))),
  (bytes, random) => {
    const from = random(bytes.length);
    return spliced(bytes, random, bytes.slice(from, from + random(16)));
  },
  (bytes, random) => {
    const other = modules[random(modules.length)] ?? bytes;
    const at = random(bytes.length);
    return Uint8Array.from([...bytes.subarray(0, at), ...other.subarray(at)]);
  },
];

/** Opcodes that matter to the guard, and ends of ranges. */
const INTERESTING = [
  ...[0x00, 0x02, 0x03, 0x04, 0x05, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x1a, 0x1b, 0x40],
  ...[0x70, 0x7c, 0x7d, 0x7e, 0x7f, 0x80, 0x92, 0x9f, 0xa0, 0xbb, 0xc4, 0xd2, 0xfc, 0xfd, 0xff],
];

function changed(bytes: Uint8Array, random: Random, change: (byte: number) => number): Uint8Array {
  const mutant = bytes.slice();
  const at = 8 + random(bytes.length - 8);
  mutant[at] = change(mutant[at] ?? 0);
  return mutant;
}

function spliced(bytes: Uint8Array, random: Random, piece: Uint8Array): Uint8Array {
  const at = random(bytes.length);
  const rest = bytes.subarray(at + random(4));
  return Uint8Array.from([...bytes.subarray(0, at), ...piece, ...rest]);
}

function mutantOf(random: Random): Uint8Array {
  let mutant: Uint8Array = modules[random(modules.length)] ?? new Uint8Array();
  for (let rounds = 1 + (random(4) === 0 ? random(3) : 0); rounds > 0; rounds--) {
    if (mutant.length > 16)
      mutant = mutations[random(mutations.length)]?.(mutant, random) ?? mutant;
  }
  return mutant;
}

/** What becomes of a mutant; throws when that is none of the allowed ends. */
function judge(mutant: Uint8Array): string {
  const valid = isValid(mutant);
  const engine = new WasmEngine();
  const loaded = engine.load(mutant, undefined, { limits: LIMITS });
  if (valid) {
    const guarded = instrument(mutant);
    if (guarded.ok) expect(isValid(guarded.value.bytes)).toBe(true);
  } else expect(loaded.ok).toBe(false);
  if (!loaded.ok) {
    expect(loaded.refusal.code).toMatch(REFUSED);
    return valid ? 'valid, refused' : 'invalid, refused';
  }
  const entry = engine.inspect(mutant, 'step', { limits: LIMITS }).ok ? 'step' : 'run';
  const call = () => engine.call(loaded.value, entry, new Uint8Array(16), LIMITS);
  const [first, second] = [call(), call()];
  expect(second).toEqual(first);
  if (first.kind === 'fault') expect(first.code).toMatch(FAULTED);
  return 'admitted';
}

it(`knows what to do with ${MUTANTS} mutants`, () => {
  const random = randomFrom(SEED);
  const counts = new Map<string, number>();
  for (let i = 0; i < MUTANTS; i++) {
    const mutant = mutantOf(random);
    const passedMs = startWatch();
    try {
      const end = judge(mutant);
      counts.set(end, (counts.get(end) ?? 0) + 1);
    } catch (cause) {
      throw new Error(`mutant ${i}: ${Buffer.from(mutant).toString('hex')}`, { cause });
    }
    expect(passedMs()).toBeLessThan(SOON_MS);
  }
  for (const end of ['admitted', 'valid, refused', 'invalid, refused']) {
    expect(counts.get(end) ?? 0).toBeGreaterThan(MUTANTS / 200);
  }
});

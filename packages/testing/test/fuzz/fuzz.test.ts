/**
 * Every seed and every kept input of every target, once: what was found stays found. And a canary
 * for each kind of oracle: a part of the product that is broken, which the target has to tell.
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AosFault } from '@aos/protocol';
import { errorOf, type FuzzTarget, keyOf, replayCorpus } from '@aos/testing/fuzz';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';

type Part = (...args: never[]) => unknown;
/** Takes the place of a part; it is given what it stands for. */
type Break = (original: Part, ...args: never[]) => unknown;

const broken = vi.hoisted(() => new Map<string, Break>());
const breakable = vi.hoisted(() => (parts: object, names: readonly string[]) => {
  const wrapped = names.map((name) => {
    const original = (parts as Record<string, Part>)[name] as Part;
    const part: Part = (...args) => broken.get(name)?.(original, ...args) ?? original(...args);
    return [name, part];
  });
  return { ...parts, ...Object.fromEntries(wrapped) };
});
vi.mock('@aos/canon', async (original) =>
  breakable(await original(), ['decodeUntagged', 'decodePlain']),
);
vi.mock('@aos/air', async (original) => breakable(await original(), ['parseJson', 'compilePatch']));
vi.mock('@aos/kernel', async (original) =>
  breakable(await original(), ['checkInputSignature', 'replayRecord']),
);
vi.mock('@aos/host', async (original) => breakable(await original(), ['verifyChain']));
vi.mock('@aos/store', async (original) =>
  breakable(await original(), ['openWorldStore', 'importBundle']),
);
vi.mock('@aos/wasm', async (original) => breakable(await original(), ['instrument']));

const folder = import.meta.dirname;
const names = readdirSync(join(folder, 'targets')).map((file) => basename(file, '.ts'));
/** Read before any test begins: it takes longer than what the tests do. */
const targets = new Map<string, FuzzTarget>();
for (const name of names) {
  const { target } = (await import(`./targets/${name}.ts`)) as { target: FuzzTarget };
  targets.set(name, target);
}

function targetOf(name: string): FuzzTarget {
  const target = targets.get(name);
  if (target === undefined) throw new Error(`there is no target ${name}`);
  return target;
}

beforeEach(() => broken.clear());
afterAll(async () => {
  for (const target of targets.values()) await target.close?.();
});

it.each(names)('%s keeps its laws for all inputs of its corpus', async (name) => {
  const target = targetOf(name);
  expect(target.name).toBe(name);
  const corpusFile = join(folder, 'corpora', `${name}.txt`);
  expect(existsSync(corpusFile)).toBe(true);
  expect(await replayCorpus({ target, corpusFile })).toEqual([]);
});

interface Canary {
  readonly target: string;
  readonly part: string;
  readonly breaks: Break;
  /** That of the seeds whose first bytes these are, else this input. */
  readonly input?: Uint8Array;
  readonly law: string;
}

interface Decoded {
  readonly ok: boolean;
  readonly value?: unknown;
}

const changed = (change: (value: object | null) => unknown): Break => {
  return (original, ...args) => {
    const result = original(...args) as Decoded;
    return result.ok ? { ...result, value: change(result.value as object | null) } : result;
  };
};
const refused =
  (code: string): Break =>
  () => ({ ok: false, refusal: { code, at: '', detail: '' } });

/** Half of a store: as it was but for its last record. */
const forgetful: Break = async (original, ...args) => {
  const store = (await original(...args)) as { records(from: number): Iterable<Uint8Array> };
  const records = store.records.bind(store);
  return Object.assign(store, { records: (from: number) => [...records(from)].slice(0, -1) });
};

const leaky: Break = async (original, ...args) => {
  await original(...args);
  throw new AosFault('bundle-shape', 'refused after the fact', { retry: 'never' });
};

const canaries: readonly Canary[] = [
  {
    target: 'canon',
    part: 'decodeUntagged',
    breaks: changed((value) => (value === null ? 0 : value)),
    law: 'what is decoded is encoded to the same bytes',
  },
  {
    target: 'canon',
    part: 'decodePlain',
    breaks: changed((value) => (Array.isArray(value) ? [...value, 0] : value)),
    law: 'plain reading takes as much',
  },
  {
    target: 'canon',
    part: 'decodeUntagged',
    breaks: refused('cbor-nonsense'),
    law: 'the code cbor-nonsense is explained',
  },
  {
    target: 'air-json',
    part: 'parseJson',
    breaks: changed((value) => (Array.isArray(value) ? value.slice(1) : value)),
    law: 'the platform reads the same',
  },
  {
    target: 'patch',
    part: 'compilePatch',
    breaks: (original, ...args) => {
      const outcome = original(...args) as { readonly ok: boolean; readonly patch: object };
      const patchHash = new Uint8Array(32).map(() => Math.random() * 256);
      return outcome.ok ? { ...outcome, patch: { ...outcome.patch, patchHash } } : outcome;
    },
    law: 'the normal form is one',
  },
  {
    target: 'inputs',
    part: 'checkInputSignature',
    breaks: () => ({ ok: true }),
    // a bit of the signature of a receipt
    input: Uint8Array.of(2, 1, 3, 1, 0, 0, 0, 1),
    law: 'what is signed is what its signer signed',
  },
  {
    target: 'reducer-output',
    part: 'replayRecord',
    breaks: () => ({ kind: 'different', difference: { code: 'chain-broken' } }),
    law: 'what was lived replays',
  },
  {
    target: 'bundle',
    part: 'verifyChain',
    breaks: (original, ...args) => {
      const failure = { code: 'signature-invalid', seq: 0 };
      return { ...(original(...args) as object), failure };
    },
    law: 'both find it false',
  },
  { target: 'bundle', part: 'importBundle', breaks: leaky, law: 'what is refused leaves no world' },
  {
    target: 'store',
    part: 'openWorldStore',
    breaks: forgetful,
    law: 'there are as many records as the head says',
  },
  {
    target: 'wasm',
    part: 'instrument',
    breaks: changed((value) => ({ ...value, bytes: new Uint8Array(8) })),
    law: 'what the guard writes is valid',
  },
];

describe('a canary', () => {
  it.each(canaries)('of $target with another $part is told: $law', async (canary) => {
    const target = targetOf(canary.target);
    const inputs = canary.input ? [canary.input] : await target.seeds();
    broken.set(canary.part, canary.breaks);
    const laws = await Promise.all(
      inputs.map(async (input) => keyOf(await errorOf(target, input))),
    );
    expect(laws).toContain(canary.law);
  });
});

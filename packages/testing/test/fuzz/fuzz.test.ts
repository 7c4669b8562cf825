/**
 * Every seed and every kept input of every target, once: what was found stays found. And canaries
 * of every target: a part of the product that is broken, which the loop finds by itself and soon.
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { LlmAdapterOptions } from '@aos/adapters-llm';
import { TimerAdapter } from '@aos/adapters-timer';
import { Vault } from '@aos/adapters-vault';
import type * as Air from '@aos/air';
import { encode, ok, utf8 } from '@aos/canon';
import { MessageReader } from '@aos/client/wire';
import { type Adapter, AosFault } from '@aos/protocol';
import { type FuzzTarget, fuzz, replayCorpus } from '@aos/testing/fuzz';
import { afterAll, afterEach, expect, it, vi } from 'vitest';

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
vi.mock('@aos/air', async (original) => {
  const air = await original<typeof Air>();
  const compileSchemas: typeof air.compileSchemas = (...args) => {
    const compiled = air.compileSchemas(...args);
    if (!compiled.ok) return compiled;
    const schemas = [...compiled.value].map(([name, schema]) => {
      return [name, breakable(schema, ['normalizeCbor'])] as const;
    });
    return { ...compiled, value: new Map(schemas) as typeof compiled.value };
  };
  const names = ['parseJson', 'compilePatch', 'openDefinition'];
  return { ...breakable(air, names), compileSchemas };
});
vi.mock('@aos/kernel', async (original) =>
  breakable(await original(), ['checkInputSignature', 'checkSnapshot', 'replayRecord']),
);
vi.mock('@aos/adapters-http', async (original) =>
  breakable(await original(), ['createHttpAdapter']),
);
vi.mock('@aos/adapters-llm', async (original) => breakable(await original(), ['createLlmAdapter']));
vi.mock('@aos/host', async (original) => breakable(await original(), ['verifyChain']));
vi.mock('@aos/store', async (original) =>
  breakable(await original(), ['openWorldStore', 'importBundle', 'createMemoryStore']),
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

afterEach(() => {
  broken.clear();
  vi.restoreAllMocks();
});
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
  /** A function, or a method of the class that `of` is the prototype of. */
  readonly part: string;
  readonly of?: object;
  readonly breaks: Break;
  readonly law: string;
}

/** Inputs within which a canary is found; most are found within a few. */
const EXECUTIONS = 500;

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

/** Every record that is kept has another last byte than the one that was made. */
const rotten: Break = (original, ...args) => {
  const store = original(...args) as { append(batch: Batch): Promise<unknown> };
  const append = store.append.bind(store);
  const spoilt = (record: Uint8Array) => record.with(-1, (record.at(-1) ?? 0) ^ 1);
  return Object.assign(store, {
    append: (batch: Batch) => append({ ...batch, records: batch.records.map(spoilt) }),
  });
};

interface Batch {
  readonly records: readonly Uint8Array[];
}

/** A snapshot that cannot be opened is taken for one that could. */
const forgiving: Break = (original, ...args) => {
  const opening = original(...args) as { readonly kind: string };
  if (opening.kind === 'opened') opened.set(args[1], args);
  const good = opened.get(args[1]);
  return opening.kind === 'refused' && good !== undefined ? original(...good) : opening;
};
const opened = new Map<unknown, never[]>();

/** Answers every request as the first. */
const confused: Break = (original, ...args) => {
  const adapter = original(...args) as Adapter;
  const start = adapter.start.bind(adapter);
  let first: ReturnType<Adapter['start']> | undefined;
  return Object.assign(adapter, {
    start: (...call: Parameters<Adapter['start']>) => {
      first ??= start(...call);
      return first;
    },
  });
};

/** Knows no prices. */
const unpriced: Break = (original, options: LlmAdapterOptions) => {
  const free = Object.entries(options.providers ?? {}).map(([name, provider]) => {
    return [name, { ...provider, prices: { m: { prompt: '0', completion: '1' } } }] as const;
  });
  return original({ providers: Object.fromEntries(free) } as never);
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
  {
    target: 'wire',
    of: MessageReader.prototype,
    part: 'push',
    breaks: (original, chunk: Uint8Array) =>
      original((chunk.length === 5 ? chunk.subarray(0, 4) : chunk) as never),
    law: 'cuts change nothing',
  },
  {
    target: 'wire',
    of: MessageReader.prototype,
    part: 'next',
    breaks: (original) => {
      const message = original();
      return typeof message === 'object' && message !== null && 'id' in message
        ? { ...message, id: Number(message.id) >>> 1 }
        : message;
    },
    law: 'what was read comes back as pack',
  },
  {
    target: 'shapes',
    part: 'checkSnapshot',
    breaks: forgiving,
    law: 'a snapshot is of its world',
  },
  {
    target: 'schema-values',
    part: 'normalizeCbor',
    breaks: (original, bytes: Uint8Array) => {
      const normal = original(bytes as never) as Decoded;
      // what a careless encoder writes is larger
      return normal.ok && bytes.length > 60 ? refused('value-size')(original) : normal;
    },
    law: 'both ways take the same',
  },
  {
    target: 'control',
    part: 'createMemoryStore',
    breaks: rotten,
    law: 'the world verifies',
  },
  {
    target: 'home-files',
    of: Vault.prototype,
    part: 'read',
    breaks: async () => ok(utf8('a value to keep')),
    law: 'a vault that is changed gives nothing',
  },
  {
    target: 'adapters',
    of: TimerAdapter.prototype,
    part: 'start',
    breaks: async () => ({ status: 'ok', payload: encode(['no receipt']) }),
    law: 'the receipt of timer.set is one',
  },
  {
    target: 'air-folder',
    part: 'openDefinition',
    breaks: changed((value) => ({ ...value, manifestHash: new Uint8Array(32) })),
    law: 'what opens is the same',
  },
  {
    target: 'http-answers',
    part: 'createHttpAdapter',
    breaks: confused,
    law: 'the next request is answered by what was said to it',
  },
  {
    target: 'llm-answers',
    part: 'createLlmAdapter',
    breaks: unpriced,
    law: 'a token costs a cent',
  },
];

function breakPart({ of, part, breaks }: Canary): void {
  if (of === undefined) {
    broken.set(part, breaks);
    return;
  }
  const whole = of as Record<string, Part>;
  const original = whole[part] as Part;
  vi.spyOn(whole, part).mockImplementation(function (this: object, ...args: never[]) {
    return breaks(original.bind(this), ...args);
  });
}

it.each(names)('%s has a canary', (name) => {
  expect(canaries.map(({ target }) => target)).toContain(name);
});

it.each(canaries)('of $target with another $part the loop finds: $law', async (canary) => {
  const target = targetOf(canary.target);
  // what it keeps open is made anew, with the part that is broken
  await target.close?.();
  breakPart(canary);
  const run = { seed: 1, seconds: 60, executions: EXECUTIONS, findings: 1, blocks: () => 0 };
  const { findings } = await fuzz(target, run);
  // where it is told once more
  await Promise.resolve(target.close?.()).catch(() => undefined);
  expect(findings.map(({ key }) => key)).toEqual([canary.law]);
});

/**
 * What programs call, with any numbers and any memory: all of WASI preview 1, many of one run.
 *
 * A call answers a number, or ends the run; nothing is written beyond the memory that there is, and
 * no bound of the run is passed; the same calls come to the same; what a run leaves is a receipt.
 */
import { builtinSchema, compileSchemas, type DefSchema } from '@aos/air';
import { type Encodable, encode, sha256, toHex, utf8 } from '@aos/canon';
import { MemoryBlobs } from '@aos/protocol/contracts';
import { ContentWriter } from '../../../src/contents.js';
import { importsOf } from '../../../src/system/imports.js';
import { ProgramExit, ProgramStopped } from '../../../src/system/program-end.js';
import { WasiSystem } from '../../../src/system/wasi-system.js';

/** The platform's; its types are not those of a test. */
const { Memory } = Reflect.get(globalThis, 'WebAssembly') as {
  readonly Memory: new (limits: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
};
const PAGE = 65_536;
const LIMITS = { outputBytes: 2000, diskBytes: 20_000, fileCount: 12 };
const MAX_CALLS = 40;
/** The longest call that there is, `path_open`. */
const MAX_ARGS = 9;
/** Arguments of 64 bits, by the name of the call. */
const WIDE: Readonly<Record<string, readonly number[]>> = {
  clock_time_get: [1],
  fd_advise: [1, 2],
  fd_allocate: [1, 2],
  fd_fdstat_set_rights: [1, 2],
  fd_filestat_set_size: [1],
  fd_filestat_set_times: [1, 2],
  fd_pread: [3],
  fd_pwrite: [3],
  fd_readdir: [3],
  fd_seek: [1],
  path_filestat_set_times: [4, 5],
  path_open: [5, 6],
};

const schemas = compileSchemas(
  ['Content', 'Receipt'].map((name) => builtinSchema(`sys/Wasi${name}@1`) as DefSchema),
);
const names = Object.keys(importsOf(newSystem())).sort();

/** Structures and texts at places that arguments like to name. */
const TEXTS = ['a', 'data/in', 'new', '../..', 'data/../a', '', '.', 'data/', 'x'.repeat(300)];

function newSystem(): WasiSystem {
  const files = new Map([
    ['a', utf8('content of a')],
    ['data/in', new Uint8Array(500).fill(7)],
  ]);
  const given = { name: 'p', args: ['x', 'ü'], stdin: utf8('standard input'), files };
  return new WasiSystem({ ...given, seed: sha256(utf8('seed')) }, LIMITS);
}

/** Each call is a byte for its name, one for the form of each argument, and what these take. */
export const target = {
  name: 'wasi-calls',
  maxBytes: 600,
  seeds: (): Uint8Array[] => [
    ...names.map((_, i) => Uint8Array.of(i, ...new Uint8Array(MAX_ARGS).fill(1))),
    // open, write, rename, read: descriptors that follow each other
    Uint8Array.from(
      [
        'path_open',
        'fd_write',
        'fd_seek',
        'fd_read',
        'path_rename',
        'fd_readdir',
        'fd_close',
      ].flatMap((name) => [names.indexOf(name), 3, 1, 5, 6, 2, 1, 1, 2, 4]),
    ),
  ],
  async run(bytes: Uint8Array): Promise<void> {
    const first = live(bytes);
    const second = live(bytes);
    holds(first.told === second.told, 'the same calls come to the same');
    await checkReceipt(first.system);
  },
};

function holds(condition: boolean, law: string): asserts condition {
  if (!condition) throw new Error(law);
}

function live(bytes: Uint8Array) {
  const system = newSystem();
  const memory = new Memory({ initial: 1 });
  system.memory.bind(memory as never);
  const view = new Uint8Array(memory.buffer);
  prepare(view);
  const calls = importsOf(system);
  const answers: string[] = [];
  let at = 0;
  const next = () => bytes[at++] ?? 0;
  while (at < bytes.length && answers.length < MAX_CALLS) {
    const name = names[next() % names.length] as string;
    const wide = WIDE[name] ?? [];
    const args = Array.from({ length: MAX_ARGS }, (_, i) => argument(next, wide.includes(i)));
    const answer = outcomeOf(() => calls[name]?.(...args));
    answers.push(`${name} ${answer}`);
    if (answer.startsWith('end')) break;
  }
  holds(view.length === PAGE, 'memory is as large as it was');
  const { stdout, stderr, tree } = system;
  const said = [stdout.said(), stderr.said()];
  holds(
    said.every(({ length }) => length <= LIMITS.outputBytes),
    'output has a bound',
  );
  const files = [...tree.changes()];
  const sizeBytes = files.reduce((sum, [, content]) => sum + content.length, 0);
  holds(sizeBytes <= LIMITS.diskBytes + 512, 'the disk has a bound');
  const left = files.map(([path, content]) => `${path} ${toHex(sha256(content))}`);
  const told = [answers, left, toHex(sha256(view)), ...said.map(toHex)].join('\n');
  return { system, told };
}

/** Numbers that are descriptors, places of texts and of vectors, sizes, or anything. */
function argument(next: () => number, isWide: boolean): number | bigint {
  const form = next();
  const number = numberOf(form, next);
  return isWide
    ? BigInt.asIntN(64, form > 240 ? BigInt(number) << 33n : BigInt(number))
    : number | 0;
}

function numberOf(form: number, next: () => number): number {
  if (form < 8) return form;
  if (form < 8 + 2 * TEXTS.length) return 1024 + 512 * ((form - 8) >> 1);
  if (form < 64) return 256 + 8 * (form & 7);
  if (form < 96) return form;
  if (form < 128) return next() * 256 + next();
  if (form < 160) return PAGE - (form & 15);
  if (form < 192) return 2 ** (form & 31);
  if (form < 224) return -(form & 15);
  return ((next() << 24) | (next() << 16) | (next() << 8) | next()) >>> 0;
}

/** Texts from 1024 on, vectors from 256 on, each of a place and a size. */
function prepare(view: Uint8Array): void {
  const words = new DataView(view.buffer);
  for (const [i, text] of TEXTS.entries()) view.set(utf8(text).subarray(0, 511), 1024 + 512 * i);
  const vectors = [
    [1024, 5],
    [8192, 700],
    [PAGE - 4, 8],
    [0xffffffff, 0xffffffff],
    [8192, 0],
  ];
  for (const [i, [place = 0, size = 0]] of vectors.entries()) {
    words.setUint32(256 + 8 * i, place, true);
    words.setUint32(260 + 8 * i, size, true);
  }
}

function outcomeOf(call: () => number | undefined): string {
  try {
    const answer = call();
    holds(Number.isInteger(answer) && (answer as number) >= 0, 'a call answers a number');
    holds((answer as number) < 77, 'an error is one that there is');
    return `${answer}`;
  } catch (cause) {
    if (cause instanceof ProgramExit || cause instanceof ProgramStopped) return 'end';
    throw cause;
  }
}

/** As the adapter writes it. */
async function checkReceipt({ stdout, stderr, tree }: WasiSystem): Promise<void> {
  const writer = new ContentWriter(new MemoryBlobs());
  const said = {
    stdout: await writer.write(stdout.said()),
    stderr: await writer.write(stderr.said()),
  };
  const files = new Map<Encodable, Encodable>();
  for (const [path, content] of tree.changes()) files.set(path, await writer.write(content));
  const schema = schemas.ok ? schemas.value.get('sys/WasiReceipt@1') : undefined;
  const receipt = schema?.normalizeCbor(encode({ exit_code: 0, ...said, files }));
  holds(receipt?.ok === true, 'what a run leaves is a receipt');
}

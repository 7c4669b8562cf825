/**
 * Programs of WASI that look for a way out of their run: to files of the machine, its network, its
 * variables, its clock, to more than they may have, and to effects. What they reach is looked for
 * where it is: in a folder, at a server, and in what they bring home.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WasiAdapter } from '@aos/adapters-wasi';
import { encode } from '@aos/canon';
import { assembleModule } from '@aos/protocol/contracts';
import type { Attack, Met } from '../../../src/attacks/attack.js';
import { mapOf } from '../puppets.js';
import { Range, refusalOf } from '../range.js';
import { type Json, nat, record, refs, schema } from '../shooting-world.js';

const programOf = (name: string): Uint8Array =>
  readFileSync(
    new URL(`../../../../adapters-wasi/test/programs/${name}.wasm`, import.meta.url),
  ) as Uint8Array;

/** What is known to who has seen the machine, or was given it. */
const TOKEN = 'the-token-of-this-machine';
const VARIABLE = 'AOS_ATTACKED_MACHINE';
const DEADLINE_NS = 1_000_000_000;

const KINDS = ['intrude', 'harm', 'linger'] as const;
type Kind = (typeof KINDS)[number];
const effectName = (kind: string) => `x/${kind}@1`;

const step = (kind: string): Json => ({
  ...{ id: 'ask', op: 'emit_effect', kind, params: { ref: '@plan.input' }, cap: 'all' },
  ...(kind === 'linger' ? { deadline_ns: DEADLINE_NS } : {}),
  bind: { effect_id_as: 'asked' },
});

const plan = (kind: string, input: string): Json => ({
  ...{ $kind: 'defplan', name: effectName(kind), input },
  steps: [
    step(kind),
    { id: 'heard', op: 'await_receipt', for: { ref: '@var:asked' }, bind: { as: 'receipt' } },
    { id: 'end', op: 'end' },
  ],
  edges: [
    { from: 'ask', to: 'heard' },
    { from: 'heard', to: 'end' },
  ],
});

const effect = (kind: string, shapes: Json): Json => ({
  ...{ $kind: 'defeffect', name: effectName(kind), kind, cap_type: 'all', origin_scope: 'plan' },
  ...(shapes as object),
});

const WASI = {
  params_schema: 'sys/WasiParams@1',
  receipt_schema: 'sys/WasiReceipt@1',
  implementation: { wasi: {} },
};
const PAY = { params_schema: 'x/Go@1', receipt_schema: 'x/Go@1' };

const WORLD: readonly Json[] = [
  schema('x/Go@1', record({ n: nat })),
  ...KINDS.map((kind) => effect(kind, WASI)),
  effect('pay', PAY),
  {
    ...{ $kind: 'defcap', name: 'x/all@1', cap_type: 'all', schema: record({}) },
    enforcer: { module: 'sys/CapAllowAll@1' },
  },
  ...KINDS.map((kind) => plan(kind, WASI.params_schema)),
  plan('pay', 'x/Go@1'),
  { $kind: 'defpolicy', name: 'x/policy@1', rules: [{ when: {}, decision: 'allow' }] },
  {
    ...{ $kind: 'manifest', air_version: '1' },
    schemas: refs('x/Go@1', 'sys/PlanStart@1'),
    modules: [],
    plans: refs(...[...KINDS, 'pay'].map(effectName)),
    effects: refs(...[...KINDS, 'pay'].map(effectName)),
    caps: refs('x/all@1'),
    policies: refs('x/policy@1'),
    defaults: {
      policy: 'x/policy@1',
      cap_grants: [{ name: 'all', cap: 'x/all@1', params: {} }],
    },
    features: ['effect-deadline', 'effect-implementation'],
  },
];

/** The programs of the world, or others in their place. */
const programs = (more: Readonly<Record<string, Uint8Array>> = {}) => {
  const hostile = programOf('hostile');
  const own = { intrude: programOf('intruder'), harm: hostile, linger: hostile, ...more };
  return new Map(Object.entries(own).map(([kind, bytes]) => [effectName(kind), bytes]));
};

/** What a program is given. */
interface Given {
  readonly kind?: Kind;
  readonly files?: Readonly<Record<string, string>>;
}

export class ProgramRange extends Range {
  /** A folder of the machine, with a file. */
  readonly folder: string;
  #connections = 0;

  private constructor(
    private readonly adapter: WasiAdapter,
    private readonly server: Server,
  ) {
    super(WORLD, { kinds: ['pay'], adapters: [adapter], programs: programs() });
    this.folder = mkdtempSync(join(tmpdir(), 'aos-attacks-'));
    writeFileSync(this.secretFile, TOKEN);
    mkdirSync(join(this.folder, 'sub'));
    server.on('connection', () => {
      this.#connections += 1;
    });
    process.env[VARIABLE] = TOKEN;
  }

  static async open(): Promise<ProgramRange> {
    const server = createServer((_, response) => response.end(TOKEN));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bounds = { memoryPages: 64, outputBytes: 1 << 16, diskBytes: 1 << 20, fileCount: 64 };
    return new ProgramRange(new WasiAdapter({ bounds, threads: 1 }), server);
  }

  get secretFile(): string {
    return join(this.folder, 'secret');
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Whatever shows that a program was outside, or that one is still there. */
  override executed(): number {
    const found = readdirSync(this.folder, { recursive: true }).length;
    const changed = readFileSync(this.secretFile, 'utf8') === TOKEN ? 0 : 1;
    const left = Math.abs(found - 2) + changed + this.adapter.running;
    return super.executed() + this.#connections + left + this.#said().filter(isHome).length;
  }

  /** What programs said on standard output, those whose answer was taken. */
  #said(fromSeq = 0): readonly string[] {
    return this.records(fromSeq).flatMap(({ input }) => {
      if (input.kind !== 'receipt' || input.receipt.status !== 'ok') return [];
      const stdout = mapOf(input.payload.inline).get('stdout');
      const text = stdout instanceof Map ? stdout.get('$value') : undefined;
      return typeof text === 'string' ? [text] : [];
    });
  }

  /** Runs a program to its end; answers with its words, and the code of why there are none. */
  async run(args: readonly string[], { kind = 'intrude', files = {} }: Given = {}): Promise<Met> {
    const from = this.store.head + 1;
    const met = await this.#start(kind, args, files);
    const words = this.#said(from).flatMap((text) => text.split(/\s+/));
    return [...met, ...this.receiptCodes(from), ...words];
  }

  /** Begins one that never ends, and lets its time pass. */
  async runLate(): Promise<Met> {
    const from = this.store.head + 1;
    const linger = this.#start('linger', ['loop']);
    while (this.adapter.running === 0) await new Promise(setImmediate);
    this.time.pass(BigInt(DEADLINE_NS));
    const met = await linger;
    while (this.adapter.running > 0) await new Promise(setImmediate);
    return [...met, ...this.receiptCodes(from), ...this.met()];
  }

  #start(kind: Kind, args: readonly string[], files: Given['files'] = {}): Promise<Met> {
    const text = ($value: string) => ({ $tag: 'text', $value });
    const given = Object.entries(files).map(([path, held]) => [path, text(held)]);
    const input = encode({ args, stdin: null, files: Object.fromEntries(given) });
    return this.event('sys/PlanStart@1', { plan: effectName(kind), input });
  }

  pay(): Promise<Met> {
    return this.event('sys/PlanStart@1', { plan: effectName('pay'), input: encode({ n: 1 }) });
  }

  override async close(): Promise<boolean> {
    delete process.env[VARIABLE];
    const isSame = await super.close();
    await this.adapter.close();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.folder, { recursive: true });
    return isSame;
  }
}

const DAY = 86_400;
const nowSeconds = () => Date.now() / 1000;

/** It has what only the machine has: the token, its time, or a directory beside its own. */
function isHome(text: string): boolean {
  const [, seconds = '0'] = /clock (\d+)/.exec(text) ?? [];
  const isNow = Math.abs(Number(seconds) - nowSeconds()) < DAY;
  return text.includes(TOKEN) || isNow || /^open (?!\/$)/m.test(text);
}

type Program = Attack<ProgramRange>;

/** The token is given, and that is all that changes. */
const given = (range: ProgramRange): Promise<Met> =>
  range.run(['read', 'secret'], { files: { secret: TOKEN } });

const tried = (
  attempt: string,
  code: string,
  args: (range: ProgramRange) => readonly string[],
  more: Given = {},
): Program => ({ attempt, code, act: (range) => range.run(args(range), more), twin: given });

const greedy = (attempt: string, code: string, name: string): Program => ({
  ...{ attempt, code, twin: given },
  act: (range) => range.run([name], { kind: 'harm' }),
});

const up = '../'.repeat(12);
const start = { memory: ['memory', 0], _start: ['function', 1] } as const;
const importing = (module: string, name: string): Uint8Array => {
  const functions = [{ body: [] }];
  return assembleModule({ memoryPages: 1, functions, exports: start, imports: [[module, name]] });
};

/** No world is made with such a program. */
const foreign = (attempt: string, module: string, name: string): Program => ({
  ...{ attempt, code: 'wasi-import-denied', twin: given },
  act: async () => refusalOf(WORLD, programs({ intrude: importing(module, name) })),
});

export const PROGRAMS: readonly Program[] = [
  tried('reads a file of the machine by its path', 'ENOENT', ({ secretFile }) => [
    'read',
    secretFile,
  ]),
  tried('reads above its root', 'ENOTCAPABLE', ({ secretFile }) => ['read', `${up}${secretFile}`]),
  tried(
    'reads above a directory of its own',
    'ENOTCAPABLE',
    ({ secretFile }) => ['read', `sub/${up}${secretFile}`, `./sub/./..//${up}${secretFile}`],
    { files: { 'sub/x': 'x' } },
  ),
  tried('reads through a link that it makes', 'ENOTSUP', ({ secretFile }) => ['read', secretFile]),
  tried('reads what a system shows of itself', 'ENOENT', () => [
    ...['read', '/proc/self/environ', '/proc/1/environ', '/proc/self/cwd/package.json'],
    ...['/dev/fd/0', '/dev/stdin', '/etc/passwd', '/sys/kernel/hostname'],
  ]),
  tried('leaves files and links on the machine', 'ENOTCAPABLE', ({ folder }) => [
    ...['write', `${folder}/made`, `${up}${folder}/made`, `${folder}/secret`, `${up}${folder}/sub`],
  ]),
  tried('looks for directories beside its own', 'EBADF', () => ['list']),
  tried('looks for variables', 'nothing', () => ['environment']),
  tried('takes what it has open for sockets', 'ENOTSOCK', () => ['sockets']),
  tried('asks what time it is', 'clock', () => ['clock']),
  tried('ends the process that it is in', 'ENOTSUP', () => ['signal']),
  tried('takes all the memory', 'ENOMEM', () => ['memory']),
  greedy('says without end', 'wasi-output-limit', 'said'),
  greedy('writes without end', 'wasi-disk-limit', 'disk'),
  greedy('makes files without end', 'wasi-files-limit', 'names'),
  greedy('calls itself without end', 'wasi-trap', 'calls'),
  {
    attempt: 'runs past its deadline',
    code: 'effect-timeout',
    act: (range) => range.runLate(),
    twin: given,
  },
  {
    attempt: 'reads what another run has left',
    code: 'ENOENT',
    prepare: (range) => range.run(['write', 'kept'], { files: { other: TOKEN } }),
    act: (range) => range.run(['read', 'kept', 'mine', 'other']),
    twin: given,
  },
  {
    attempt: 'says what an effect looks like',
    code: '{"effects":[{"kind":"pay","cap_slot":"all"}]}',
    act: (range) => range.run(['say', '{"effects":[{"kind":"pay","cap_slot":"all"}]}']),
    twin: (range) => range.pay(),
  },
  foreign('imports sockets that WASI does not have', 'wasi_snapshot_preview1', 'sock_open'),
  foreign('imports what a host may have beside WASI', 'aos', 'effect'),
  foreign('imports an older WASI', 'wasi_unstable', 'path_open'),
];

/**
 * Sources that want something of the machine on which they are compiled: its files, variables,
 * packages and servers. What they get is looked for where it would be: in the module, in a folder,
 * at a server.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompileAdapter } from '@aos/adapters-compile';
import { decodePlain, encode, parseHashText, type Value } from '@aos/canon';
import { EffectStage, MemoryBlobs, stageCall } from '@aos/protocol/contracts';
import type { Attack, Met, Target } from '@aos/testing';

/** Known to who has seen the machine, or wrote it down. */
const TOKEN = 'the-token-of-this-machine';
const VARIABLE = 'AOS_ATTACKED_MACHINE';

type Language = 'assemblyscript' | 'typescript';

interface Source {
  readonly language?: Language;
  readonly name?: string;
  readonly files: Readonly<Record<string, string>>;
}

export class Machine implements Target {
  readonly #folder = mkdtempSync(join(tmpdir(), 'aos-attacks-'));
  readonly #modules: Uint8Array[] = [];
  #connections = 0;

  private constructor(
    private readonly adapter: CompileAdapter,
    private readonly server: Server,
  ) {
    writeFileSync(this.file, `export const token = '${TOKEN}';\n`);
    server.on('connection', () => {
      this.#connections += 1;
    });
    process.env[VARIABLE] = TOKEN;
  }

  static async open(adapter: CompileAdapter): Promise<Machine> {
    const server = createServer((_, response) => response.end(`export const token = '${TOKEN}'`));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Machine(adapter, server);
  }

  get file(): string {
    return join(this.#folder, 'token.ts');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/token.ts`;
  }

  executed(): number {
    const left = readdirSync(this.#folder).length - 1;
    const changed = readFileSync(this.file, 'utf8').includes(TOKEN) ? 0 : 1;
    return this.#connections + left + changed + this.#modules.filter(knows).length;
  }

  async settle(): Promise<void> {}

  /** The codes of why there is no module; `nothing` where there is one. */
  async compile({ language = 'typescript', name = 'sum', files }: Source): Promise<Met> {
    const texts = Object.entries(files).map(([path, $value]) => [path, { $tag: 'text', $value }]);
    const params = { language, name, files: new Map(texts as never), types: null };
    const blobs = new MemoryBlobs();
    const call = stageCall({ effect: 'compile.reducer', params: encode(params as never) });
    const { payload } = await this.adapter.start(call, new EffectStage(blobs));
    const receipt = fieldsOf(payload);
    const hash = parseHashText(`${fieldOf(receipt.get('module'), 'hash')}`);
    const module = hash.ok ? blobs.bytes(hash.value) : undefined;
    if (module === undefined) {
      const diagnostics = (receipt.get('diagnostics') ?? []) as readonly Value[];
      return [receipt, ...diagnostics].map((each) => `${fieldOf(each, 'code')}`);
    }
    this.#modules.push(module);
    return ['nothing'];
  }

  async close(): Promise<void> {
    delete process.env[VARIABLE];
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.#folder, { recursive: true });
  }
}

function fieldsOf(payload: Uint8Array): ReadonlyMap<Value, Value> {
  const read = decodePlain(payload);
  return read.ok && read.value instanceof Map ? read.value : new Map();
}

function fieldOf(value: Value | ReadonlyMap<Value, Value> | undefined, name: string): unknown {
  return value instanceof Map ? value.get(name) : undefined;
}

/** One language keeps a text in bytes, the other in units of 16 bits. */
function knows(module: Uint8Array): boolean {
  return (['latin1', 'utf16le'] as const).some((form) =>
    Buffer.from(module).includes(TOKEN, 0, form),
  );
}

const script = (first: string): Source['files'] => ({
  'sum.ts': `import { defineReducer, nat } from '@aos/reducer-sdk/script';
${first}
export default defineReducer({ state: nat, event: nat, initial: () => 0n }, (s, e) => s + e);
`,
});

const assembly = (first: string, call = ''): Source['files'] => ({
  'sum.ts': `import { Step, Value } from 'aos';
${first}
export function reduce(step: Step): void {
  ${call}
  step.setState(Value.text(token));
}
`,
});

/** What is kept of a script is in its module. */
const keep = (expression: string): string => `globalThis.kept = ${expression};`;

const WRITTEN: Readonly<Record<Language, Source>> = {
  typescript: { files: script(keep(`'${TOKEN}'`)) },
  assemblyscript: {
    language: 'assemblyscript',
    files: assembly(`const token = '${TOKEN}';`),
  },
};

const up = '../'.repeat(12);

const scripts = ({ file, url }: Machine): readonly (readonly [string, string, string])[] => [
  [
    'imports files of the host',
    'reducer-compile',
    `import { readFileSync } from 'node:fs';\n${keep(`readFileSync('${file}')`)}`,
  ],
  ['imports them as it runs', 'reducer-compile', keep(`import('node:fs')`)],
  ['requires them', 'reducer-compile', keep(`require('fs').readFileSync('${file}')`)],
  [
    'imports a file of the machine',
    'reducer-compile',
    `import { token } from '${file}';\n${keep('token')}`,
  ],
  [
    'imports a file above its own',
    'reducer-compile',
    `import { token } from '${up}${file.slice(1)}';\n${keep('token')}`,
  ],
  [
    'imports a file as a text',
    'reducer-compile',
    `import token from '${file}' with { type: 'text' };\n${keep('token')}`,
  ],
  [
    'imports a package of the host',
    'reducer-compile',
    `import * as it from 'typescript';\n${keep('it.version')}`,
  ],
  ['imports from a server', 'reducer-compile', `import { token } from '${url}';\n${keep('token')}`],
  ['asks a server', 'script-throws', keep(`fetch('${url}')`)],
  ['reads variables', 'script-throws', keep(`process.env.${VARIABLE}`)],
  [
    'reads them where there are any',
    'nothing',
    keep(`typeof process === 'undefined' ? '' : process.env.${VARIABLE}`),
  ],
  [
    'reaches for them through a function',
    'script-throws',
    keep(`Function('return process')().env.${VARIABLE}`),
  ],
  [
    'names a file in comments',
    'nothing',
    `/// <reference path="${file}" />\n//# sourceMappingURL=${file}\n${keep("''")}`,
  ],
  ['never ends as it is evaluated', 'script-endless', 'for (;;) {}'],
  [
    'takes all memory as it is evaluated',
    'script-throws',
    'const a = []; for (;;) a.push(Array(9));',
  ],
];

const others = ({ file }: Machine): readonly (readonly [string, string, Source])[] => [
  [
    'writes its file elsewhere',
    'reducer-source',
    { files: { ...script(''), [`${up}${file.slice(1)}`]: 'export {};' } },
  ],
  ['writes its module elsewhere', 'reducer-source', { name: `${up}sum`, files: script('') }],
  [
    'brings settings of its compiler',
    'reducer-source',
    { files: { ...script(''), 'tsconfig.json': `{ "extends": "${file}" }` } },
  ],
  [
    'brings a transform of its compiler',
    'reducer-source',
    {
      language: 'assemblyscript',
      files: {
        ...assembly(`const token = '';`),
        'asconfig.json': `{ "options": { "transform": ["${file}"] } }`,
      },
    },
  ],
  [
    'imports a file of the machine in AssemblyScript',
    'TS6054',
    {
      language: 'assemblyscript',
      files: assembly(`import { token } from '${up}${file.slice(1).replace(/\.ts$/, '')}';`),
    },
  ],
  [
    'declares a function of the host',
    'reducer-imports',
    {
      language: 'assemblyscript',
      files: assembly(
        `@external('env', 'spy') declare function spy(): void;\nconst token = '';`,
        'spy();',
      ),
    },
  ],
];

/** Its twin has written down what the attack looks for. */
export function attacksOn(machine: Machine): readonly Attack<Machine>[] {
  const sources = [
    ...scripts(machine).map(
      ([attempt, code, text]) => [attempt, code, { files: script(text) }] as const,
    ),
    ...others(machine),
  ];
  return sources.map(([attempt, code, source]) => ({
    ...{ attempt, code },
    act: () => machine.compile(source),
    twin: () => machine.compile(WRITTEN[(source as Source).language ?? 'typescript']),
  }));
}

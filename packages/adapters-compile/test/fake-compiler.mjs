// A program of compilations whose compilers are played: what they do follows from the language.
import { serveCompilations } from '@aos/adapters-compile/process';

/** What a shell sets by itself. */
const OF_SHELLS = ['PWD', 'OLDPWD', 'SHLVL', '_'];

const encoder = new TextEncoder();
const built = (text, diagnostics = []) => ({
  ok: true,
  value: { wasm: encoder.encode(text), compiler: 'player 1.0' },
  diagnostics,
});

const languages = {
  plain: ({ name, files }) => built(`module of ${files[`${name}.ts`]}`),
  types: ({ types }) => built(JSON.stringify(types)),
  large: () => built('x'.repeat(5000)),
  wordy: () => {
    const warnings = Array.from({ length: 60 }, (_, i) => {
      return { severity: 'warning', code: `W${i}`, message: `${'\ud83d\ude00'.repeat(700)}` };
    });
    return built('', [...warnings, { severity: 'error', code: 'E1', message: 'late' }]);
  },
  broken: () => ({
    ok: false,
    refusal: { code: 'reducer-source', at: 'a.ts:3:7', detail: 'expected better' },
    diagnostics: [],
    compiler: 'player 1.0',
  }),
  forbidden: () => built('forbidden'),
  endless: () => {
    for (;;);
  },
  waiting: () => new Promise(() => undefined),
  throwing: () => {
    throw new Error('no idea');
  },
  leaving: () => process.exit(3),
  greedy: () => {
    const held = [];
    for (;;) held.push(new Uint8Array(1 << 24).fill(1));
  },
  heap: () => {
    let text = 'x';
    for (;;) text = [...`${text}${text}`].join('');
  },
  curious: () => {
    const names = Object.keys(process.env).filter((name) => !OF_SHELLS.includes(name));
    return built(JSON.stringify([names, process.cwd()]));
  },
};

serveCompilations({
  languages: new Map(Object.entries(languages).map(([name, run]) => [name, async (it) => run(it)])),
  admit: (wasm) => {
    if (new TextDecoder().decode(wasm) !== 'forbidden') return undefined;
    return { code: 'module-imports', at: '/imports/0', detail: 'imports what it may not' };
  },
  engine: 'player of engines 2.0',
});

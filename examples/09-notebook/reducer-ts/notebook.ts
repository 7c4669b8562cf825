/** Collects lines, and has them kept as a report: again, when somebody else was quicker. */
import { type Call, defineReducer, typestate } from '@aos/reducer-sdk/script';
import { declared, NotebookFinished, type NotebookState, type Noted } from './air.js';

/** Another notebook may have moved the head of the workspace meanwhile; not this often. */
const MAX_TRIES = 5n;
const STALE = 'workspace-head-stale';
const FILE_NAME = /^[a-z0-9-]{1,64}$/;

const initial = (): NotebookState => ({
  phase: { $tag: 'Open' },
  lines: [],
  tries: 0n,
  report: null,
  version: null,
  error: null,
});

function keep(
  state: NotebookState,
  notebook: string,
  { raise, world }: Call<never>,
): NotebookState {
  const lines = state.lines.map((line) => `- ${line}\n`).join('');
  raise(NotebookFinished, { notebook, report: `# ${notebook}\n\n${lines}`, at: world.now_ns });
  return { ...state, phase: { $tag: 'Keeping' }, tries: state.tries + 1n };
}

function write(state: NotebookState, { notebook, line }: Noted): NotebookState {
  // it becomes the name of a file, which the grant would deny much later
  if (!FILE_NAME.test(notebook)) throw new Error('expected a name of small letters and digits');
  const lines = [...state.lines, line];
  return { ...state, phase: { $tag: 'Open' }, lines, tries: 0n, error: null };
}

export default defineReducer(
  { ...declared, initial },
  typestate({
    phaseOf: ({ phase }: NotebookState) => phase.$tag,
    on: {
      Open: {
        Noted: write,
        Finish: (state, { notebook }, call) => keep(state, notebook, call),
      },
      Keeping: {
        Kept(state, { version, report }) {
          return { ...state, phase: { $tag: 'Kept' }, version, report };
        },
        NotKept(state, { notebook, code }, call) {
          if (code === STALE && state.tries < MAX_TRIES) return keep(state, notebook, call);
          return { ...state, phase: { $tag: 'Failed' }, error: code };
        },
      },
      Kept: { Noted: write },
      Failed: { Noted: write },
    },
  }),
);

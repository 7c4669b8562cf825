import { EMPTY_ROOT, WORKSPACE_KINDS, WorkspaceAdapter } from '@aos/adapters-workspace';
import { builtin, builtinSchema, compileSchemas, type DefSchema } from '@aos/air';
import { decodePlain, type Encodable, encode, sha256, toHashText, utf8 } from '@aos/canon';
import { AosFault, type EffectOutcome, type LentEvent } from '@aos/protocol';
import {
  type AdapterFixture,
  adapterContract,
  EffectStage,
  MemoryBlobs,
  stageCall,
} from '@aos/protocol/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { StagedWorld } from './staged-world.js';

const EMPTY = toHashText(EMPTY_ROOT);
const NONE = toHashText(sha256(utf8('nothing')));
const workspace = 'notes';

const names = WORKSPACE_KINDS.map(
  (kind) => builtin('defeffect', `sys/${kind}@1`)?.receipt_schema as string,
);
const schemas = compileSchemas(names.map((name) => builtinSchema(name) as DefSchema));
const receiptOf = (kind: string) =>
  schemas.ok ? schemas.value.get(names[WORKSPACE_KINDS.indexOf(kind)] as string) : undefined;

/** Parameters that work, by kind; those that fail, by code. */
const samples: Readonly<Record<string, [sound: Encodable, refused: Record<string, Encodable>]>> = {
  'workspace.resolve': [
    { workspace, version: null },
    {
      'workspace-version-unknown': { workspace, version: 3 },
      'workspace-name-invalid': { workspace: '../notes', version: null },
      'workspace-read-only': { workspace: '/mem', version: null },
      'workspace-mount-unknown': { workspace: '/tmp', version: null },
    },
  ],
  'workspace.empty_root': [{ workspace }, { 'workspace-params-invalid': { workspace: 7 } }],
  'workspace.list': [
    { workspace, root: EMPTY, path: '', recursive: true, limit: 5, after: 'a' },
    {
      'workspace-root-unknown': { workspace, root: NONE, path: '' },
      'workspace-path-unknown': { workspace, root: null, path: 'none' },
      'workspace-path-invalid': { workspace, root: null, path: '../etc' },
      'workspace-params-invalid': { workspace, root: null, path: '', limit: 0 },
    },
  ],
  'workspace.read': [
    { workspace: '/mem', root: null, path: 'file', from: 1, size: 2 },
    {
      'workspace-path-unknown': { workspace, root: null, path: 'none' },
      'workspace-not-a-file': { workspace, root: null, path: '' },
      'workspace-params-invalid': { workspace: '/mem', root: EMPTY, path: 'file' },
      'workspace-read-too-large': { workspace: '/mem', path: 'file', size: 2 ** 18 + 1 },
    },
  ],
  'workspace.write': [
    { workspace, root: EMPTY, path: 'a', content: { $tag: 'text', $value: 'x' }, executable: true },
    {
      'workspace-blob-missing': { workspace, path: 'a', content: { $tag: 'blob', $value: NONE } },
      'workspace-params-invalid': { workspace, path: 'a', content: { $tag: 'blob', $value: 'x' } },
      'workspace-path-invalid': { workspace, path: 'a\\b', content: { $tag: 'text', $value: '' } },
      'workspace-not-a-file': { workspace, path: '', content: { $tag: 'text', $value: '' } },
    },
  ],
  'workspace.remove': [
    { workspace, root: null, path: '' },
    { 'workspace-path-unknown': { workspace, root: null, path: 'none' } },
  ],
  'workspace.diff': [
    { workspace, from: null, to: EMPTY, path: '', limit: null, after: null },
    { 'workspace-root-unknown': { workspace, from: NONE, to: null, path: '' } },
  ],
  'workspace.commit': [
    { workspace, root: EMPTY, expected_head: null, message: 'empty' },
    {
      'workspace-head-stale': { workspace, root: EMPTY, expected_head: 4, message: '' },
      'workspace-text-too-long': {
        ...{ workspace, root: EMPTY, expected_head: null, message: 'x'.repeat(1025) },
      },
    },
  ],
};

/** A world whose workspace has one version, which is that of every commit. */
class TakingWorld extends StagedWorld {
  constructor() {
    super();
    const commit = { workspace, expected_head: null, tree: EMPTY, author: '', message: '', at: 0 };
    this.commit(encode(commit));
  }

  override async submit({ dedup }: LentEvent) {
    const ack = this.taken.get(dedup) ?? { seq: 1, faults: [] };
    this.taken.set(dedup, ack);
    return { ok: true, value: ack } as const;
  }

  override async hasTaken(): Promise<boolean> {
    return true;
  }
}

describe.each(Object.entries(samples))('%s', (effect, [sound, refused]) => {
  const makeFixture = (): AdapterFixture => {
    const world = effect === 'workspace.commit' ? new TakingWorld() : new StagedWorld();
    return {
      adapter: new WorkspaceAdapter(world),
      effect,
      sound: () => encode(sound),
      refused: Object.fromEntries(
        Object.entries(refused).map(([code, params]) => [code, encode(params)]),
      ),
      checkReceipt(payload) {
        const read = receiptOf(effect)?.normalizeCbor(payload);
        return read?.ok === true ? undefined : (read?.refusal.detail ?? 'no schema');
      },
      ...(effect === 'workspace.commit' && { marks: () => [...world.taken.keys()] }),
    };
  };
  it.each(adapterContract)('$name', ({ run }) => run(makeFixture()));
});

let world: StagedWorld;
let blobs: MemoryBlobs;
let adapter: WorkspaceAdapter;
beforeEach(() => {
  world = new StagedWorld();
  blobs = new MemoryBlobs();
  adapter = new WorkspaceAdapter(world);
});

interface Asked {
  readonly intent?: string;
  readonly stage?: EffectStage;
}

/** A receipt as a map of its fields, or the code of a failure. */
// biome-ignore lint/suspicious/noExplicitAny: receipts of all effects
async function ask(operation: string, params: object, more: Asked = {}): Promise<any> {
  const { intent = `${operation} ${JSON.stringify(params)}`, stage = new EffectStage(blobs) } =
    more;
  const effect = `workspace.${operation}`;
  const given = encode({ workspace, ...params } as Encodable);
  const outcome = await adapter.start(stageCall({ effect, params: given, intent }), stage);
  return readOutcome(outcome);
}

function readOutcome({ status, payload }: EffectOutcome) {
  if (status === 'ok') world.answered.push(payload);
  const decoded = decodePlain(payload);
  const fields = Object.fromEntries(decoded.ok ? (decoded.value as Map<string, unknown>) : []);
  return status === 'ok' ? fields : fields.code;
}

const text = (value: string) => ({ content: { $tag: 'text', $value: value } });

describe('the adapter of workspaces', () => {
  it('serves every effect of the catalogue', () => {
    expect(adapter.kinds).toEqual(WORKSPACE_KINDS);
    for (const kind of WORKSPACE_KINDS) expect(builtin('defeffect', `sys/${kind}@1`)).toBeDefined();
  });

  it('gives text, bytes, or the blob of what is too large for a receipt', async () => {
    const large = new Uint8Array(300_000).fill(65);
    const files = { text: utf8('ж'), bytes: Uint8Array.of(255), large };
    let root: string | null = null;
    for (const [path, bytes] of Object.entries(files)) {
      const content = { $tag: 'blob', $value: toHashText(blobs.store(bytes)) };
      ({ root } = await ask('write', { root, path, content }));
    }
    const read = (path: string, more = {}) => ask('read', { root, path, ...more });
    expect(await read('text')).toMatchObject({ text: 'ж', bytes: null, size: 2 });
    expect(await read('bytes')).toMatchObject({ text: null, bytes: Uint8Array.of(255) });
    const blob = toHashText(sha256(large));
    expect(await read('large')).toMatchObject({ text: null, bytes: null, size: 300_000, blob });
    expect((await read('large', { from: 299_998 })).bytes).toEqual(utf8('AA'));
    expect((await read('large', { from: 9, size: 1 })).bytes).toEqual(utf8('A'));
    expect(await read('text', { from: 0, size: 1 })).toMatchObject({ text: null });
  });

  it('lists and compares in pages', async () => {
    let root: string | null = null;
    const paths = ['a/1', 'a/2', 'b', 'c/d/e', 'f'];
    for (const path of paths) ({ root } = await ask('write', { root, path, ...text(path) }));
    const pages: string[][] = [];
    for (let after: string | null = null; ; ) {
      const page = await ask('list', { root, path: '', recursive: true, limit: 2, after });
      pages.push(page.entries.map((entry: Map<string, string>) => entry.get('path')));
      if (page.next === null) break;
      after = page.next;
    }
    expect(pages).toEqual([['a/1', 'a/2'], ['b', 'c/d/e'], ['f']]);
    const diff = await ask('diff', { from: EMPTY, to: root, path: 'c', limit: 1 });
    expect([diff.changes.length, diff.next]).toEqual([1, null]);
    const far = { from: EMPTY, to: root, path: '', limit: 2, after: 'b' };
    const rest = (await ask('diff', far)).changes;
    expect(rest.map((change: Map<string, string>) => change.get('path'))).toEqual(['c/d/e', 'f']);
  });

  it('keeps the mode of a file that is written again', async () => {
    const { root } = await ask('write', { path: 'run', ...text('1'), executable: true });
    const next = await ask('write', { root, path: 'run', ...text('2') });
    expect((await ask('read', { root: next.root, path: 'run' })).executable).toBe(true);
  });

  it('finds what it has derived in its receipts, when it is made anew', async () => {
    const { root } = await ask('write', { path: 'a', ...text('1') });
    adapter = new WorkspaceAdapter(world);
    expect(await ask('read', { root, path: 'a' })).toMatchObject({ text: '1' });
    expect(await ask('read', { root: NONE, path: 'a' })).toBe('workspace-root-unknown');
    expect(await ask('read', { workspace: 'pages', root, path: 'a' })).toBe(
      'workspace-root-unknown',
    );
    expect(world.looks).toBe(1);
  });

  it('commits once, however often it is started', async () => {
    const { root } = await ask('write', { path: 'a', ...text('1') });
    const params = { root, expected_head: null, message: 'first' };
    const first = await ask('commit', params, { intent: 'one' });
    const again = await ask('commit', params, { intent: 'one' });
    expect([first.version, again.version, world.states.size]).toEqual([1, 1, 1]);
    expect(await ask('commit', params, { intent: 'two' })).toBe('workspace-head-stale');
    expect(world.taken.size).toBe(1);
    expect(await ask('resolve', {})).toMatchObject({ head: 1, root, author: 'world:d/plan@1' });
  });

  it('asks the grant about every file that a commit changes', async () => {
    const stage = new EffectStage(blobs);
    const asked: string[] = [];
    stage.permits = (effect, params) => {
      const fields = decodePlain(params);
      const path = fields.ok && fields.value instanceof Map ? fields.value.get('path') : '';
      asked.push(`${effect} ${path}`);
      return path === 'secret' ? { code: 'path-not-allowed', at: '', detail: '' } : undefined;
    };
    const first = await ask('write', { path: 'a/b', ...text('1') });
    const second = await ask('write', { root: first.root, path: 'c', ...text('1') });
    const params = { root: second.root, expected_head: null, message: '' };
    expect(await ask('commit', params, { stage })).toMatchObject({ version: 1 });
    const removed = await ask('remove', { root: second.root, path: 'a' });
    await ask('commit', { root: removed.root, expected_head: 1, message: '' }, { stage });
    expect(asked).toEqual(['workspace.write a/b', 'workspace.write c', 'workspace.remove a/b']);
    const secret = await ask('write', { path: 'secret', ...text('') });
    const more = { root: secret.root, expected_head: 2, message: '' };
    expect(await ask('commit', more, { stage })).toBe('path-not-allowed');
    expect((await ask('resolve', {})).head).toBe(2);
  });

  it('says what keeps a commit out', async () => {
    const params = { root: EMPTY, expected_head: null, message: '' };
    world.refusal = 'world-paused';
    expect(await ask('commit', params)).toBe('world-paused');
    world.lacksReducer = true;
    expect(await ask('resolve', {})).toBe('workspace-not-in-world');
  });

  it('takes no tree for a file, so that the hash of one opens nothing', async () => {
    const { root } = await ask('write', { path: 'a', ...text('1') });
    const content = { $tag: 'blob', $value: root };
    expect(await ask('write', { path: 'b', content })).toBe('workspace-content-is-tree');
    const bytes = { $tag: 'bytes', $value: utf8('aos/tree/0\0') };
    expect(await ask('write', { path: 'b', content: bytes })).toBe('workspace-content-is-tree');
  });

  it('tells apart what is missing, what is damaged, and what cannot be read now', async () => {
    const { root } = await ask('write', { path: 'a/b', ...text('1') });
    const read = async (broken: MemoryBlobs) => {
      adapter = new WorkspaceAdapter(world);
      return ask('read', { root, path: 'a/b' }, { stage: new EffectStage(broken) });
    };
    expect(await read(new MemoryBlobs())).toBe('workspace-object-missing');
    const damaged = new MemoryBlobs();
    damaged.bytes = () => utf8('something else');
    expect(await read(damaged)).toBe('workspace-tree-damaged');
    const failing = new MemoryBlobs();
    failing.size = async () => {
      throw new AosFault('store-failed', 'no disk', { retry: 'later' });
    };
    expect(await read(failing)).toBe('workspace-unreadable');
  });
});

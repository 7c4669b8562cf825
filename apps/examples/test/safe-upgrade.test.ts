import type { ControlArgs, DraftArgs } from '@aos/protocol';
import { assembleModule, op } from '@aos/protocol/contracts';
import { beforeAll, expect, test } from 'vitest';
import { safeUpgrade, V1, V2 } from '../src/rungs/safe-upgrade.js';
import { admit, apply, approval, draftOf, propose } from '../src/runner/change.js';
import { buildModules } from '../src/runner/modules.js';
import { playRung } from '../src/runner/play.js';
import type { Stage } from '../src/runner/stage.js';

/** What the story of the rung does not come to, told in one world after another. */
const ORDERS = 'demo/Orders@1';
const WIDEN = 'demo/WidenOrder@1';
const NARROW = 'demo/NarrowOrder@1';

beforeAll(async () => {
  for (const part of [V1, V2]) await buildModules(part, () => {});
}, 60_000);

/** A pure module that does this, whatever it is given. */
const doing = (...body: readonly (readonly number[])[]): Uint8Array =>
  assembleModule({
    memoryPages: 1,
    globals: [1024],
    functions: [
      { params: 1, results: 1, body: [op.constant(2048)] },
      { params: 3, body },
    ],
    exports: { memory: ['memory', 0], alloc: ['function', 0], run: ['function', 1] },
  });

const TRAP = doing(op.unreachable);
const ENDLESS = doing(op.loop, op.branch(0), op.end);

/** Version 2, whose migration is another one. */
function migratingBy(bytes: Uint8Array): DraftArgs {
  const { modules = [] } = without(NARROW, WIDEN);
  return { ...without(NARROW), modules: [...modules, { name: WIDEN, bytes }] };
}

interface Node {
  readonly $kind: string;
  readonly name?: string;
}

/** Version 2 without some of its definitions. */
function without(...names: readonly string[]): DraftArgs {
  const draft = draftOf(V2);
  const isKept = ({ name = '' }: Node) => !names.includes(name);
  const documents = (draft.documents ?? []).flatMap(({ path, text }) => {
    const node = JSON.parse(text) as Node | readonly Node[];
    const nodes = (Array.isArray(node) ? node : [node]).filter(isKept) as Node[];
    const cut = nodes.map((each) => (each.$kind === 'manifest' ? cutRefs(each, isKept) : each));
    return cut.length === 0 ? [] : [{ path, text: JSON.stringify(cut) }];
  });
  const modules = (draft.modules ?? []).filter(isKept as (each: { name: string }) => boolean);
  return { documents, modules };
}

/** An empty section is one too many, and so is a feature that nothing uses. */
function cutRefs(manifest: Node, isKept: (ref: Node) => boolean): Node {
  const cut = Object.entries(manifest).map(([section, refs]) => [
    section,
    Array.isArray(refs)
      ? refs.filter((ref: Node | string) => typeof ref === 'string' || isKept(ref))
      : refs,
  ]);
  const { migrations, features, ...rest } = Object.fromEntries(cut);
  if (migrations.length > 0) return { ...rest, migrations, features };
  return { ...rest, features: features.filter((each: string) => each !== 'migrations') };
}

const said = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'nothing',
    (error: Error) => error.message,
  );

async function place(stage: Stage, order_id: string): Promise<readonly unknown[]> {
  const json = JSON.stringify({ order_id, service: 'http://127.0.0.1:1' });
  const sent: ControlArgs<'event.send'> = { schema: 'demo/OrderPlaced@1', json };
  const { ack } = await stage.ask('event.send', sent);
  await stage.ask('quiesce', { timers: 'wait' });
  return ack?.faults ?? [];
}

async function failingBranches(stage: Stage): Promise<void> {
  await admit(stage, 'ben', 'approver');
  await admit(stage, 'carl', 'adapter');
  await place(stage, 'order-1');

  const draft = without('demo/orders_to_2@1', WIDEN, NARROW);
  const bare = await propose(stage, 'operator', { draft, description: 'no migration' });
  expect(bare.report).toMatchObject({ refused: { code: 'migration-missing', at: ORDERS } });

  const approve = async (by: string) =>
    stage.refusalOf('governance.approve', await approval(stage, by, bare));
  expect(await approve('mallory')).toBe('verb-key');
  expect(await approve('carl')).toBe('governance-role');
  expect(await approve('operator')).toBe('governance-own');

  await stage.ask('governance.approve', await approval(stage, 'ben', bare));
  expect(await approve('ben')).toBe('approval-repeated');
  expect(await said(apply(stage, 'operator', bare))).toContain('migration-missing');

  const endless = { draft: migratingBy(ENDLESS), description: 'it never ends' };
  const { report } = await propose(stage, 'operator', endless);
  expect(report).toMatchObject({ migrations: [{ reducer: ORDERS, failed: { count: 1 } }] });
  const trapping = { draft: migratingBy(TRAP), description: 'it traps' };
  const trap = await propose(stage, 'operator', trapping);
  expect(trap.report).toMatchObject({
    migrations: [{ reducer: ORDERS, run: 1, failed: { count: 1 } }],
  });
  await stage.ask('governance.approve', await approval(stage, 'ben', trap));
  await apply(stage, 'operator', trap);
  expect(await approve('ben')).toBe('proposal-stale');
  expect(await place(stage, 'order-1')).toEqual([{ reducer: ORDERS, code: 'migration-failed' }]);

  await goBack(stage, { trap: trap.ref.proposal, bare: bare.ref.proposal });
}

async function goBack(stage: Stage, { trap, bare }: Record<'trap' | 'bare', number>) {
  const rollback = (more: DraftArgs = {}, of = trap) =>
    said(stage.ask('governance.draft', { rollback: of, ...more }));
  const missing = await rollback();
  for (const word of ['migration-missing', ORDERS, 'demo/OrderState@2', 'demo/OrderState@1']) {
    expect(missing).toContain(word);
  }
  expect(missing).toContain(`--migration ${ORDERS}=<file.wasm>`);
  const bytes = draftOf(V2).modules?.find(({ name }) => name === NARROW)?.bytes ?? TRAP;
  const other = { migrations: [{ reducer: 'demo/Other@1', bytes }] };
  expect(await rollback(other)).toContain('migration-needless');
  expect(await rollback({}, bare)).toContain('proposal-not-applied');

  const draft = { rollback: trap, migrations: [{ reducer: ORDERS, bytes }] };
  const back = await propose(stage, 'operator', { draft, description: 'back' });
  expect(back.report).toMatchObject({ refused: null });
  await stage.ask('governance.approve', await approval(stage, 'ben', back));
  await apply(stage, 'operator', back);
  expect(await rollback()).toContain('proposal-not-current');
  expect(await place(stage, 'order-1')).toEqual([]);
  expect(await stage.state(ORDERS, 'order-1')).toMatchObject({ by: 'v1', status: 0 });
}

test('a change that may not be is not made, and one that fails leads back', async () => {
  await playRung({ ...safeUpgrade, play: failingBranches }, () => {});
});

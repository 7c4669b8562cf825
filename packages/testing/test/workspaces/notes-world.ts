/**
 * A world that does one thing each with workspaces: for the parameters of an effect as an event, a
 * plan asks for that effect. Once under a wide grant, and, wrapped, once under a narrow one.
 */
import {
  definePlan,
  defineWorld,
  generatePolicy,
  grant,
  route,
  schema,
  sys,
  t,
  trigger,
  type WorldSpec,
} from '@aos/air/author';

const { effects, schemas, caps, reducers } = sys;

/** Mounts are allowed only where they are named. */
const wide = grant('wide', caps.workspace, {
  workspaces: ['notes', 'pages', '/mem', '/state', '/policy'],
});
const narrow = grant('narrow', caps.workspace, {
  workspaces: ['notes'],
  prefixes: ['skills/'],
  operations: ['resolve', 'read', 'list', 'diff', 'write', 'commit', 'empty_root'],
});

const RESOLVE = definePlan(
  'd/resolve@1',
  { input: schemas.WorkspaceResolveParams, output: schemas.WorkspaceResolveReceipt },
  (plan, params) => plan.call('it', effects.workspaceResolve, params, { grant: wide }),
);
const LIST = definePlan(
  'd/list@1',
  { input: schemas.WorkspaceListParams, output: schemas.WorkspaceListReceipt },
  (plan, params) => plan.call('it', effects.workspaceList, params, { grant: wide }),
);
const READ = definePlan(
  'd/read@1',
  { input: schemas.WorkspaceReadParams, output: schemas.WorkspaceReadReceipt },
  (plan, params) => plan.call('it', effects.workspaceRead, params, { grant: wide }),
);
const WRITE = definePlan(
  'd/write@1',
  { input: schemas.WorkspaceWriteParams, output: schemas.WorkspaceWriteReceipt },
  (plan, params) => plan.call('it', effects.workspaceWrite, params, { grant: wide }),
);
const REMOVE = definePlan(
  'd/remove@1',
  { input: schemas.WorkspaceRemoveParams, output: schemas.WorkspaceRemoveReceipt },
  (plan, params) => plan.call('it', effects.workspaceRemove, params, { grant: wide }),
);
const DIFF = definePlan(
  'd/diff@1',
  { input: schemas.WorkspaceDiffParams, output: schemas.WorkspaceDiffReceipt },
  (plan, params) => plan.call('it', effects.workspaceDiff, params, { grant: wide }),
);
const COMMIT = definePlan(
  'd/commit@1',
  { input: schemas.WorkspaceCommitParams, output: schemas.WorkspaceCommitReceipt },
  (plan, params) => plan.call('it', effects.workspaceCommit, params, { grant: wide }),
);

export const NarrowRead = schema('d/NarrowRead@1', t.record({ root: t.hash, path: t.text }));
export const NarrowCommit = schema(
  'd/NarrowCommit@1',
  t.record({ root: t.hash, expected_head: t.option(t.nat) }),
);

const NARROW_READ = definePlan(
  'd/narrow-read@1',
  { input: NarrowRead, output: schemas.WorkspaceReadReceipt },
  (plan, { root, path }) =>
    plan.call('it', effects.workspaceRead, { workspace: 'notes', root, path }, { grant: narrow }),
);
const NARROW_COMMIT = definePlan(
  'd/narrow-commit@1',
  { input: NarrowCommit, output: schemas.WorkspaceCommitReceipt },
  (plan, { root, expected_head }) => {
    const params = { workspace: 'notes', root, expected_head, message: 'narrow' };
    return plan.call('it', effects.workspaceCommit, params, { grant: narrow });
  },
);

export const Raise = schema('d/Raise@1', t.record({ tree: t.hash }));
/** Tries to bring a commit past the gate. */
const RAISE = definePlan('d/raise@1', { input: Raise }, (plan, { tree }) => {
  const head = { workspace: 'notes', expected_head: null, tree };
  plan.raise('it', schemas.WorkspaceCommitted, { ...head, author: '', message: '', at: 0 });
});
export const RaiseMember = schema('d/RaiseMember@1', t.record({ tree: t.hash }));
const RAISE_MEMBER = definePlan('d/raise-member@1', { input: RaiseMember }, (plan, { tree }) => {
  const head = { workspace: 'notes', expected_head: null, tree };
  plan.raise('it', schemas.WorkspaceCommit, { ...head, author: '', message: '', at: 0 });
});

const plans: NonNullable<WorldSpec['plans']> = [
  ...[RESOLVE, LIST, READ, WRITE, REMOVE, DIFF, COMMIT],
  ...[NARROW_READ, NARROW_COMMIT, RAISE, RAISE_MEMBER],
];

export default defineWorld({
  routes: [route(reducers.workspace, { keyField: 'workspace' })],
  triggers: plans.map((plan) => trigger(plan)),
  policy: generatePolicy('d/policy@1', { plans }),
});

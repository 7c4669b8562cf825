// Notes are kept by notebook, and finished into reports: files of a workspace, and objects of the
// catalogue. `aos air build world.mjs` writes `air/`.
import {
  coalesce,
  concat,
  definePlan,
  defineReducer,
  defineWorld,
  eq,
  generatePolicy,
  grant,
  not,
  outcome,
  route,
  schema,
  sys,
  t,
  trigger,
} from '@aos/air/author';

const Name = schema('demo/NotebookName@1', t.text);
const Noted = schema('demo/Noted@1', t.record({ notebook: Name, line: t.text }));
const Finish = schema('demo/Finish@1', t.record({ notebook: Name }));
const Finished = schema(
  'demo/NotebookFinished@1',
  t.record({ notebook: Name, report: t.text, at: t.time }),
);
const Kept = schema(
  'demo/ReportKept@1',
  t.record({ notebook: Name, version: t.nat, report: t.hash }),
);
const NotKept = schema('demo/ReportNotKept@1', t.record({ notebook: Name, code: t.text }));

const Phase = schema('demo/NotebookPhase@1', t.words('Open', 'Keeping', 'Kept', 'Failed'));
const State = schema(
  'demo/NotebookState@1',
  t.record({
    phase: Phase,
    lines: t.list(t.text),
    tries: t.nat,
    report: t.option(t.hash),
    version: t.option(t.nat),
    error: t.option(t.text),
  }),
);
const Event = schema('demo/NotebookEvent@1', t.variant({ Noted, Finish, Kept, NotKept }));

const notebooks = defineReducer('demo/Notebook@1', {
  state: State,
  event: Event,
  key: Name,
  context: true,
});

// One workspace, two of its directories. The operations are all that the plan needs.
const shelf = grant('shelf', sys.caps.workspace, {
  workspaces: ['notes'],
  prefixes: ['reports', 'facts'],
  operations: ['resolve', 'write', 'commit'],
});
// Of what the world itself knows: the notebooks, to be read.
const mirror = grant('mirror', sys.caps.workspace, {
  workspaces: ['/mem'],
  prefixes: ['demo/Notebook@1'],
  operations: ['read'],
});

const WORKSPACE = 'notes';
const planName = 'demo/keep_plan@1';

const keepPlan = definePlan(planName, { input: Finished }, (plan, { notebook, report, at }) => {
  const workspace = WORKSPACE;
  const head = plan.call('head', sys.effects.workspaceResolve, { workspace }, { grant: shelf });
  const page = plan.call(
    'page',
    sys.effects.workspaceWrite,
    {
      ...{ workspace, root: head.root, path: concat('reports/', notebook, '.md') },
      content: { text: report },
    },
    { grant: shelf },
  );
  const isWritten = eq(outcome(page).status, 'ok');
  const unwritten = { notebook, code: coalesce(outcome(page).error, '') };
  plan.raise('unwritten', NotKept, unwritten, { when: not(isWritten) });

  // The notebook as the world has it at this moment: a mount shows states as files.
  const memory = { workspace: '/mem', path: concat('demo/Notebook@1/', notebook) };
  const known = plan.call('known', sys.effects.workspaceRead, memory, {
    grant: mirror,
    when: isWritten,
  });
  const facts = plan.call(
    'facts',
    sys.effects.workspaceWrite,
    {
      ...{ workspace, root: page.root, path: concat('facts/', notebook, '.json') },
      content: { text: coalesce(known.text, '') },
    },
    { grant: shelf },
  );
  const commit = plan.call(
    'commit',
    sys.effects.workspaceCommit,
    {
      ...{ workspace, root: facts.root, expected_head: head.head },
      message: concat('report of ', notebook),
    },
    { grant: shelf },
  );
  const isCommitted = eq(outcome(commit).status, 'ok');
  const uncommitted = { notebook, code: coalesce(outcome(commit).error, '') };
  plan.raise('uncommitted', NotKept, uncommitted, { when: not(isCommitted) });

  const meta = {
    ...{ name: concat('reports/', notebook), kind: 'report', hash: page.blob },
    ...{ tags: ['notebook'], created_at: at, owner: planName },
  };
  plan.raise('register', sys.schemas.ObjectRegistered, { meta }, { when: isCommitted });
  const told = { notebook, version: commit.version, report: page.blob };
  plan.raise('tell', Kept, told, { when: isCommitted });
});

export default defineWorld({
  routes: [
    route(notebooks, { event: Noted, keyField: 'notebook' }),
    route(notebooks, { event: Finish, keyField: 'notebook' }),
    route(notebooks, { event: Kept, keyField: 'notebook' }),
    route(notebooks, { event: NotKept, keyField: 'notebook' }),
    route(sys.reducers.objectCatalog, { keyField: 'meta.name' }),
    route(sys.reducers.workspace, { keyField: 'workspace' }),
  ],
  triggers: [trigger(keepPlan)],
  policy: generatePolicy('demo/notebook_policy@1', { plans: [keepPlan] }),
});

import {
  concat,
  definePlan,
  defineWorld,
  generatePolicy,
  grant,
  route,
  schema,
  sys,
  t,
  trigger,
} from '@aos/air/author';

export const learnt = schema('agent/Learnt@1', t.record({ skill: t.text, text: t.text }));
const kept = schema('agent/Kept@1', t.record({ version: t.nat, root: t.hash }));

const { workspaceResolve, workspaceWrite, workspaceCommit } = sys.effects;

const skills = grant('skills', sys.caps.workspace, {
  workspaces: ['agent'],
  prefixes: ['skills'],
  operations: ['resolve', 'write', 'commit'],
});

export const keep = definePlan('agent/keep@1', { input: learnt, output: kept }, (plan, input) => {
  const [workspace, options] = ['agent', { grant: skills }];
  const before = plan.call('before', workspaceResolve, { workspace }, options);
  const path = concat('skills/', input.skill);
  const file = { workspace, root: before.root, path, content: { text: input.text } };
  const after = plan.call('after', workspaceWrite, file, options);
  const version = { expected_head: before.head, message: input.skill };
  const commit = { workspace, root: after.root, ...version };
  const made = plan.call('made', workspaceCommit, commit, options);
  return { version: made.version, root: made.root };
});

export const skillsWorld = defineWorld({
  routes: [route(sys.reducers.workspace, { keyField: 'workspace' })],
  triggers: [trigger(keep)],
  policy: generatePolicy('agent/policy@1', { plans: [keep] }),
});

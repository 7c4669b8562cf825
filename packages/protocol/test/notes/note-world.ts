import {
  defineCap,
  defineEffect,
  definePlan,
  defineWorld,
  generatePolicy,
  grant,
  schema,
  sys,
  t,
  trigger,
} from '@aos/air/author';

const note = schema('acme/Note@1', t.record({ text: t.text }));
const written = schema('acme/NoteWritten@1', t.record({ name: t.text }));

const writeNote = defineEffect('acme/note.write@1', {
  kind: 'note.write',
  params: note,
  receipt: written,
  capType: 'note.out',
  origin: 'both',
});
const noteOut = defineCap('acme/note.out@1', {
  type: 'note.out',
  params: t.record({}),
  enforcer: sys.enforcers.allowAll,
});

const keep = definePlan('acme/keep@1', { input: note, output: written }, (plan, { text }) =>
  plan.call('write', writeNote, { text }, { grant: grant('notes', noteOut, {}) }),
);

export default defineWorld({
  triggers: [trigger(keep)],
  policy: generatePolicy('acme/policy@1', { plans: [keep] }),
});

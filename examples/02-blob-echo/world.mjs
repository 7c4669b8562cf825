// A reducer that stores bytes and reads them back. `aos air build world.mjs` writes `air/`.
import {
  defineReducer,
  defineWorld,
  generatePolicy,
  grant,
  route,
  schema,
  sys,
  t,
} from '@aos/air/author';

const Pc = schema('demo/BlobEchoPc@1', t.words('Idle', 'Writing', 'Reading', 'Done', 'Failed'));
const Start = schema('demo/BlobEchoStart@1', t.record({ namespace: t.text, text: t.text }));

const State = schema(
  'demo/BlobEchoState@1',
  t.record({ pc: Pc, blob: t.option(t.hash), echo: t.option(t.text), error: t.option(t.text) }),
);
const Event = schema(
  'demo/BlobEchoEvent@1',
  t.variant({ Start, Written: sys.schemas.BlobWriteResult, Read: sys.schemas.BlobReadResult }),
);

const echo = defineReducer('demo/BlobEcho@1', {
  state: State,
  event: Event,
  effects: [sys.effects.blobWrite, sys.effects.blobRead],
  slots: { blobs: grant('demo_blobs', sys.caps.blob2, { namespaces: ['demo'] }) },
});

export default defineWorld({
  routes: [route(echo)],
  policy: generatePolicy('demo/blob_policy@1', { reducers: [echo] }),
});

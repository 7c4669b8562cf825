/** Effects that were asked for under definitions that are not in force any more when they start. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpAdapter } from '@aos/adapters-http';
import { encode } from '@aos/canon';
import { expect, it, onTestFinished } from 'vitest';
import { adopt } from './attacks/changes-of-worlds.js';
import { SECRETS, SecretRange, secret, secretWorld } from './attacks/entries/secrets.js';
import { Range } from './attacks/range.js';
import { type Json, record, refs, schema, text } from './attacks/shooting-world.js';

const asks: Json = {
  ...{ $kind: 'defplan', name: 'x/get@1', input: 'x/Get@1' },
  steps: [
    { id: 'now', op: 'await_event', event: 'x/Now@1', bind: { as: 'now' } },
    {
      ...{ id: 'ask', op: 'emit_effect', kind: 'http.request', cap: 'web' },
      params: {
        record: {
          ...{ method: { text: 'GET' }, url: { ref: '@plan.input.url' } },
          headers: { map: [{ key: { text: 'x-kept' }, value: { text: 'kept' } }] },
          body_ref: { null: {} },
        },
      },
      bind: { effect_id_as: 'asked' },
    },
    { id: 'heard', op: 'await_receipt', for: { ref: '@var:asked' }, bind: { as: 'page' } },
    { id: 'end', op: 'end' },
  ],
  edges: ['now', 'ask', 'heard'].map((from, i) => {
    return { from, to: ['ask', 'heard', 'end'][i] ?? '' };
  }),
};

/** With version 1 of the effect and a plan of it, or with version 2 and without. */
const world = (version: 1 | 2): readonly Json[] => [
  schema('x/Get@1', record({ url: text })),
  schema('x/Now@1', record({ url: text })),
  { $kind: 'defpolicy', name: 'x/policy@1', rules: [{ when: {}, decision: 'allow' }] },
  ...(version === 1 ? [asks] : []),
  {
    ...{ $kind: 'manifest', air_version: '1' },
    schemas: refs('x/Get@1', 'x/Now@1', 'sys/PlanStart@1'),
    modules: [],
    plans: version === 1 ? refs('x/get@1') : [],
    effects: refs(`sys/http.request@${version}`),
    caps: refs('sys/http.out@2'),
    policies: refs('x/policy@1'),
    defaults: {
      policy: 'x/policy@1',
      cap_grants: [
        { name: 'web', cap: 'sys/http.out@2', params: { allow_private: ['127.0.0.1/32'] } },
      ],
    },
  },
];

it('are carried out as they were asked for, whatever parameters their kind has now', async () => {
  const seen: unknown[] = [];
  const server = createServer(({ headers, url }, response) => {
    seen.push(headers['x-kept']);
    if (url === '/from') response.writeHead(302, { location: '/to' });
    response.end('fine');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const http = createHttpAdapter({ bounds: { idleConnections: 0 } });
  onTestFinished(async () => {
    await http.close();
    server.close();
  });
  const range = new Range(world(1), { kinds: [], adapters: [http] });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/from`;
  await range.event('sys/PlanStart@1', { plan: 'x/get@1', input: encode({ url }) });
  expect(await adopt(range, world(1), world(2))).toEqual([]);
  const from = range.store.head + 1;
  expect(await range.event('x/Now@1', { url })).toEqual([]);
  expect([seen, range.receiptCodes(from)]).toEqual([['kept', 'kept'], []]);
  expect(await range.close()).toBe(true);
});

it('get no secret that is for others by now', async () => {
  const kind = 'http.request';
  const range = await SecretRange.open({ held: [kind], concurrency: { [kind]: 1 } });
  const [server] = range.servers;
  await range.event('sys/PlanStart@1', range.question({ path: '/wait' }));
  const headers = { authorization: secret('mine') };
  await range.event('sys/PlanStart@1', range.question({ headers }));
  const mine = { ...SECRETS.mine, allowed_caps: ['other'] };
  await adopt(range, secretWorld(), secretWorld({ ...SECRETS, mine }));
  const from = range.store.head + 1;
  while (server.waiting.length === 0) await new Promise(setImmediate);
  server.waiting[0]?.end('fine');
  await range.host.untilQuiescent();
  expect([range.executed(), range.receiptCodes(from)]).toEqual([0, ['secret-cap-denied']]);
  expect(await range.close()).toBe(true);
});

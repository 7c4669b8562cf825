import { type AdapterFixture, adapterContract } from '@aos/protocol/contracts';
import { afterEach, describe, test } from 'vitest';
import { checkSchema, openAdapter, openProvider, params2 } from './calls.js';
import { chatAnswer, closeServers, giveJson, startProvider } from './servers.js';

afterEach(closeServers);

const NO_BLOB = `sha256:${'0'.repeat(64)}`;
const SILENT = JSON.stringify({ user: 'silent' });
const ask = (wishes = {}) => params2({ provider: 'it', ...wishes });

function signal() {
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  return { begin, begun };
}

/** Handles of connections and timers; a server has one for each of its connections, too. */
function resources(): number {
  const held = /^(TCPSocketWrap|TLSWrap|TCPConnectWrap|GetAddrInfoReqWrap|Timeout)$/;
  return process.getActiveResourcesInfo().filter((name) => held.test(name)).length;
}

const checkReceipt = (payload: Uint8Array) => checkSchema('sys/LlmGenerateReceipt@2', payload);
const refused = {
  'llm-provider-unknown': ask({ provider: 'nobody' }),
  'llm-input-missing': ask({
    messages: [{ role: { $tag: 'user' }, parts: [{ $tag: 'text_ref', $value: NO_BLOB }] }],
  }),
};

/** A server that answers everybody but who is silent, and sees keys. */
async function makeServed(): Promise<AdapterFixture> {
  const marks: string[] = [];
  const { begin, begun } = signal();
  const server = await startProvider((response, turn) => {
    const { headers, body } = server.asked[turn] as (typeof server.asked)[number];
    marks.push(String(headers['idempotency-key']));
    if (body.includes('silent')) begin();
    else giveJson(response, chatAnswer('A state and its journal.'));
  });
  const adapter = openProvider({ baseUrl: server.baseUrl, limits: { concurrent: 4 } });
  const baseline = resources();
  return {
    ...{ adapter, effect: 'llm.generate', sound: () => ask(), checkReceipt, refused },
    endless: { params: ask({ options: SILENT }), begun: () => begun },
    marks: () => marks,
    released: async () => {
      while (resources() > baseline) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

async function makeScripted(): Promise<AdapterFixture> {
  const { begin, begun } = signal();
  const script = ({ model }: { model: string }) => {
    if (model !== 'silent') return { text: 'A state and its journal.' };
    begin();
    return new Promise<never>(() => undefined);
  };
  const adapter = openAdapter({ providers: { it: { protocol: 'scripted', script } } });
  return {
    ...{ adapter, effect: 'llm.generate', sound: () => ask(), checkReceipt, refused },
    endless: { params: ask({ model: 'silent' }), begun: () => begun },
  };
}

describe.each([
  ['a server', makeServed],
  ['a script', makeScripted],
] as const)('the adapter with %s behind it', (_, makeFixture) => {
  test.each(adapterContract)('$name', async ({ run }) => run(await makeFixture()));
});

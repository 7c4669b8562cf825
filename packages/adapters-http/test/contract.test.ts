import { type AdapterFixture, adapterContract } from '@aos/protocol/contracts';
import { afterEach, describe, test } from 'vitest';
import { checkSchema, openAdapter, params1, params2 } from './calls.js';
import { closeServers, startServer } from './servers.js';

afterEach(closeServers);

/** A server that answers everything but `/never`, and sees keys. */
async function makeFixture(version: 1 | 2): Promise<AdapterFixture> {
  const marks: string[] = [];
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const server = await startServer((request, response) => {
    marks.push(String(request.headers['idempotency-key']));
    if (request.url === '/never') begin();
    else response.end('done');
  });
  const adapter = openAdapter();
  const baseline = resources();
  const params = version === 1 ? params1 : params2;
  return {
    ...{ adapter, effect: 'http.request' },
    sound: () => params({ url: server.url() }),
    checkReceipt: (payload) => checkSchema(`sys/HttpRequestReceipt@${version}`, payload),
    endless: { params: params({ url: server.url('/never') }), begun: () => begun },
    refused: {
      'http-connect-failed': params({ url: 'http://127.0.0.1:1/' }),
      'http-request-body-missing': params({
        ...{ url: server.url(), method: 'POST' },
        body_ref: `sha256:${'0'.repeat(64)}`,
      }),
    },
    marks: () => marks,
    released: async () => {
      while (resources() > baseline) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** Handles of connections and timers; a server has one for each of its connections, too. */
function resources(): number {
  const held = /^(TCPSocketWrap|TLSWrap|TCPConnectWrap|GetAddrInfoReqWrap|Timeout)$/;
  return process.getActiveResourcesInfo().filter((name) => held.test(name)).length;
}

describe.each([1, 2] as const)('the adapter with version %d of its schemas', (version) => {
  test.each(adapterContract)('$name', async ({ run }) => run(await makeFixture(version)));
});

/** Rung 03: a reducer asks by an event, a plan fetches a page, an event brings the answer. */
import type { Rung } from '../runner/rung.js';
import { expectEqual, tagOf } from '../runner/stage.js';

const REDUCER = 'demo/FetchNotify@1';
const EVENT = 'demo/FetchNotifyEvent@1';
const BODY = '{"message":"hello from a real server"}';

interface FetchNotifyState {
  readonly pc: Readonly<Record<string, null>>;
  readonly status: number | null;
  readonly body_ref: string | null;
}

export const fetchNotify: Rung = {
  slug: 'fetch-notify',
  title: 'Fetch and notify',
  folder: '03-fetch-notify',
  modules: { [REDUCER]: 'reducer-ts/notifier' },
  async play(stage) {
    const server = await stage.serve(() => ({ status: 200, body: BODY }));
    await stage.send(EVENT, { Start: { url: `${server.url}/data/hello.json` } });
    await stage.settle();
    expectEqual(server.requests, ['GET /data/hello.json']);
    stage.print(`http.request ${server.requests.join()} (the server counts 1 request)`);

    const { pc, status, body_ref } = await stage.state<FetchNotifyState>(REDUCER);
    const body = await stage.blobText(body_ref);
    expectEqual([tagOf(pc), status, body], ['Done', 200, BODY]);
    stage.print(`completed: pc=${tagOf(pc)}, status=${status}, body=${body}`);
  },
};

/** Rung 02: a reducer stores bytes under their hash, and reads them back. */
import { sha256, toHashText, utf8 } from '@aos/canon';
import type { Rung } from '../runner/rung.js';
import { expectEqual, tagOf } from '../runner/stage.js';

const REDUCER = 'demo/BlobEcho@1';
const EVENT = 'demo/BlobEchoEvent@1';
const TEXT = 'Blob Echo Example';

interface BlobEchoState {
  readonly pc: Readonly<Record<string, null>>;
  readonly blob: string | null;
  readonly echo: string | null;
}

export const blobEcho: Rung = {
  slug: 'blob-echo',
  title: 'Blob echo',
  folder: '02-blob-echo',
  modules: { [REDUCER]: 'reducer-ts/echo' },
  async play(stage) {
    await stage.send(EVENT, { Start: { namespace: 'demo', text: TEXT } });
    stage.print(`start: store ${utf8(TEXT).length} bytes`);
    await stage.settle();
    const { pc, blob, echo } = await stage.state<BlobEchoState>(REDUCER);
    expectEqual([tagOf(pc), blob, echo], ['Done', toHashText(sha256(utf8(TEXT))), TEXT]);
    stage.print(`blob.write → ${blob}`);
    stage.print(`blob.read  → "${echo}"`);
    stage.print(`final state: pc=${tagOf(pc)}`);
  },
};

// The points of an effect's life at which a host kills itself.
import { writeSync } from 'node:fs';
import { decodeRecord } from '@aos/protocol';

export class Seams {
  /** What is on its way to the disk: `intent` or `receipt`. @type {Set<string>} */
  #carried = new Set();
  #left;

  /**
   * @param {string} seam the one that kills
   * @param {number} count how often it is passed, the last time included
   */
  constructor(seam, count) {
    this.seam = seam;
    this.#left = count;
  }

  /** @param {string} name */
  reach(name) {
    if (name !== this.seam) return;
    this.#left -= 1;
    if (this.#left > 0) return;
    writeSync(1, `seam ${name}\n`);
    process.kill(process.pid, 'SIGKILL');
  }

  /** As {@link Seams.reach}, for whatever is on its way. @param {string} name */
  reachFor(name) {
    for (const what of this.#carried) this.reach(`${what}-${name}`);
  }

  /**
   * A store whose appends are seams by what is in them.
   * @param {import('@aos/protocol').WorldStore} store
   * @returns {import('@aos/protocol').WorldStore}
   */
  around(store) {
    const seams = this;
    return new Proxy(store, {
      get(target, name) {
        if (name === 'append') return append;
        const value = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });

    /** @param {import('@aos/protocol').Batch} batch */
    async function append(batch) {
      const carried = batch.records.flatMap(carriedBy);
      for (const what of carried) seams.reach(`${what}-append`);
      for (const what of carried) seams.#carried.add(what);
      await store.append(batch);
      for (const what of carried) seams.#carried.delete(what);
      for (const what of carried) seams.reach(`${what}-durable`);
    }
  }

  /**
   * An adapter whose calls are seams.
   * @param {import('@aos/protocol').Adapter} adapter
   * @returns {import('@aos/protocol').Adapter}
   */
  aroundAdapter(adapter) {
    return {
      id: adapter.id,
      kinds: adapter.kinds,
      close: () => adapter.close(),
      start: async (call, context) => {
        this.reach('start');
        const answer = adapter.start(call, context);
        this.reach('started');
        const outcome = await answer;
        this.reach('answered');
        return outcome;
      },
    };
  }

  /**
   * @param {import('@aos/host').Signer} signer
   * @returns {import('@aos/host').Signer}
   */
  aroundSigner({ keyId, publicKey, sign, signLater }) {
    return {
      keyId,
      publicKey,
      sign,
      signLater: async (message) => {
        this.reach('sign');
        const sig = await (signLater?.(message) ?? sign(message));
        this.reach('signed');
        return sig;
      },
    };
  }
}

/** @param {Uint8Array} bytes */
function carriedBy(bytes) {
  const record = decodeRecord(bytes);
  if (!record.ok) return [];
  const { input, entries } = record.value;
  const carried = input.kind === 'receipt' ? ['receipt'] : [];
  return entries.some(({ kind }) => kind === 'intent') ? [...carried, 'intent'] : carried;
}

/**
 * The latest durable records of a living world, for those who follow its journal: they would read
 * and decode again what has just been made. Bounded, whoever is slow, and empty while nobody
 * follows.
 */
import type { DurableRecord } from '../loop/host-watch.js';
import type { WorldHost } from '../world-host.js';

const MAX_RECORDS = 512;
const MAX_BYTES = 1 << 20;

export class RecentRecords {
  #records: DurableRecord[] = [];
  #bytes = 0;
  #followers = 0;
  #unwatch: () => void = () => undefined;

  constructor(private readonly host: Pick<WorldHost, 'watch'>) {}

  /** Keeps records from now on, until all that it returned were called. */
  follow(): () => void {
    this.#followers += 1;
    if (this.#followers === 1) {
      this.#unwatch = this.host.watch({ durable: (records) => this.#keep(records) });
    }
    return () => {
      this.#followers -= 1;
      if (this.#followers > 0) return;
      this.#unwatch();
      this.#forget(this.#records.length);
    };
  }

  /** The records from `seq` on, at most `count`; none where that one is not kept. */
  from(seq: number, count: number): readonly DurableRecord[] {
    const [first] = this.#records;
    const at = first === undefined ? -1 : seq - first.record.seq;
    return at < 0 ? [] : this.#records.slice(at, at + count);
  }

  #keep(records: readonly DurableRecord[]): void {
    for (const each of records) {
      this.#records.push(each);
      this.#bytes += each.bytes.length;
    }
    // half at once: taking them away one by one would move all others each time
    while (this.#records.length > MAX_RECORDS || this.#bytes > MAX_BYTES) {
      this.#forget(Math.ceil(this.#records.length / 2));
    }
  }

  #forget(count: number): void {
    for (const { bytes } of this.#records.splice(0, count)) this.#bytes -= bytes.length;
  }
}

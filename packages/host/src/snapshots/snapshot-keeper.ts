/** Takes the snapshots of a living world, one at a time: when asked to, and when one is due. */
import type { World } from '@aos/kernel';
import type { SnapshotMark, WorldStore } from '@aos/protocol';
import type { DurableRecord } from '../loop/host-watch.js';
import { SnapshotMeter, type SnapshotPolicy } from './snapshot-policy.js';
import { type SnapshotPorts, writeSnapshot } from './snapshot-writer.js';

export interface KeeperOptions {
  readonly policy: SnapshotPolicy;
  readonly nowNs: () => bigint;
  /** Of this moment. */
  readonly world: () => World;
}

export class SnapshotKeeper {
  readonly #meter: SnapshotMeter;
  #lastSeq: number;
  #taking: Promise<unknown> | undefined;
  #isClosed = false;

  constructor(
    store: WorldStore,
    private readonly ports: SnapshotPorts,
    private readonly options: KeeperOptions,
  ) {
    this.#meter = new SnapshotMeter(options.policy, options.nowNs);
    this.#lastSeq = store.snapshot?.seq ?? -1;
    const behind = options.world().seq - 1 - this.#lastSeq;
    if (behind > 0) this.#meter.add(behind, 0);
  }

  /** Records since the last snapshot. */
  get behind(): number {
    return this.options.world().seq - 1 - this.#lastSeq;
  }

  /** Records have become durable. */
  durable(told: readonly DurableRecord[]): void {
    let bytes = 0;
    for (const each of told) {
      this.ports.tree.add(each.record.seq, each.chain);
      bytes += each.bytes.length;
    }
    this.#meter.add(told.length, bytes);
    if (this.#isClosed || this.#taking !== undefined || !this.#meter.isDue) return;
    // a store that fails has stopped the world by then, and a snapshot is a shortcut only
    this.take().catch(() => undefined);
  }

  /** The world of the moment at which no other snapshot is being taken. */
  take(): Promise<SnapshotMark> {
    return this.exclusively(() => this.#take());
  }

  /** Does something while no snapshot is being taken. */
  async exclusively<T>(run: () => Promise<T>): Promise<T> {
    while (this.#taking !== undefined) await this.#taking.catch(() => undefined);
    const done = run();
    this.#taking = done;
    try {
      return await done;
    } finally {
      this.#taking = undefined;
    }
  }

  /** No more snapshots of its own; resolves when none is being taken. */
  async close(): Promise<void> {
    this.#isClosed = true;
    while (this.#taking !== undefined) await this.#taking.catch(() => undefined);
  }

  async #take(): Promise<SnapshotMark> {
    this.#meter.reset();
    const mark = await writeSnapshot(this.options.world(), this.ports);
    this.#lastSeq = Math.max(this.#lastSeq, mark.seq);
    return mark;
  }
}

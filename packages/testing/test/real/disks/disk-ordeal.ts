/**
 * A daemon serves a world on a disk that fails under the load of a client. Whatever the failure is:
 *
 * D1 Clients are told `store-failed`, then `control-retry`; the operator is told what the disk said
 *    and what to do. The daemon stays.
 * D2 The world can be read and verified meanwhile, and everything acknowledged is there.
 * D3 When the disk is well again the daemon goes on by itself. What was not acknowledged is sent
 *    again, and is there once.
 */
import { mkdirSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { connectWorld, type WorldClient } from '@aos/client';
import { verifyWorld } from '@aos/host';
import { AosFault } from '@aos/protocol';
import { createWorldStore, openWorldStore, WorldDamaged } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { foundCounter } from '../../counter-world.js';
import type { BrokenWay } from '../broken-fs.js';
import { Child, type ChildSetting } from '../child.js';

/** Events that are on their way at once. */
const IN_FLIGHT = 50;
/** A failing disk is met within so many; who is broken does not get as many. */
const MAX_ROUNDS = 400;
const BROKEN_ROUNDS = 60;
const LOOK_MS = 50;
const PATIENCE_MS = 120_000;

interface Place {
  readonly seq: number;
  readonly chain: string;
}

export interface OrdealSetting {
  /** The daemon, as it was bundled. */
  readonly program: string;
  readonly broken?: BrokenWay | undefined;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export class DiskOrdeal {
  readonly problems: string[] = [];
  readonly #acknowledged = new Map<string, Place>();
  /** Sent and not acknowledged. */
  readonly #open = new Set<string>();
  #daemon: Child | undefined;
  #client: WorldClient | undefined;
  #sent = 0;
  /** Lines of the daemon when the load began. */
  #heard = 0;

  constructor(
    private readonly directory: string,
    private readonly setting: OrdealSetting,
  ) {}

  get acknowledged(): number {
    return this.#acknowledged.size;
  }

  get #store(): string {
    return join(this.directory, '.aos');
  }

  async found(): Promise<void> {
    mkdirSync(this.directory, { recursive: true });
    const { genesis, objects } = foundCounter();
    await (await createWorldStore(this.#store, genesis, objects)).close();
  }

  async start(setting: ChildSetting = {}): Promise<void> {
    const { program, broken } = this.setting;
    const args = broken === undefined ? [] : [broken];
    this.#daemon = new Child(program, [this.directory, ...args], setting);
    await this.#daemon.line('up');
    await this.#connect();
  }

  async #connect(): Promise<void> {
    await this.#client?.close().catch(() => undefined);
    this.#client = await connectWorld(this.directory);
  }

  /** Sends until something is not acknowledged, or `rounds` are through; the codes. */
  async load(
    rounds = this.setting.broken === undefined ? MAX_ROUNDS : BROKEN_ROUNDS,
  ): Promise<ReadonlySet<string>> {
    this.#heard = this.#daemon?.lines.length ?? 0;
    for (let round = 0; round < rounds; round++) {
      const names = Array.from({ length: IN_FLIGHT }, () => `event ${this.#sent++}`);
      const codes = await this.#send(names);
      if (codes.size > 0) return codes;
    }
    return new Set();
  }

  async #send(names: readonly string[]): Promise<ReadonlySet<string>> {
    const codes = new Set<string>();
    const one = async (name: string) => {
      this.#open.add(name);
      const value = name === 'event 0' ? { Start: { target: 1_000_000_000 } } : { Tick: null };
      try {
        const event = { schema: 'demo/CounterEvent@1', value, dedup: name };
        const answer = await this.#client?.call('event.send', event);
        if (answer?.ok !== true) codes.add(answer?.refusal.code ?? 'no client');
        else this.#told(name, answer.value.ack as unknown as Place);
      } catch (error) {
        codes.add(error instanceof AosFault ? error.code : String(error));
      }
    };
    await Promise.all(names.map(one));
    return codes;
  }

  #told(name: string, { seq, chain }: Place): void {
    const before = this.#acknowledged.get(name);
    if (before !== undefined && (before.seq !== seq || before.chain !== chain)) {
      this.problems.push(`${name} was acknowledged as ${before.seq}, and now as ${seq}`);
    }
    this.#acknowledged.set(name, { seq, chain });
    this.#open.delete(name);
  }

  /** D1: what the daemon said of its world, in this life. */
  async expectStopped(codes: ReadonlySet<string>, reason: RegExp): Promise<void> {
    const wrong = [...codes].filter((code) => !['store-failed', 'control-retry'].includes(code));
    if (wrong.length > 0) this.problems.push(`clients were told ${wrong.join()}`);
    if (codes.size === 0) throw new Error('the disk failed, and nobody was told anything');
    const said = await this.expectSaid('stopped', reason);
    if (!said.includes('see to the disk')) this.problems.push(`no advice: ${said}`);
  }

  /** Waits until the daemon tells such a thing for the reason; whatever it tells has the code. */
  async expectSaid(kind: 'stopped' | 'not-opened', reason: RegExp): Promise<string> {
    const daemon = this.#daemon as Child;
    let from = kind === 'stopped' ? this.#heard : daemon.lines.length;
    for (;;) {
      const said = await daemon.line(kind, from);
      from = daemon.lines.indexOf(said, from) + 1;
      if (!said.startsWith(`${kind} store-failed`)) this.problems.push(`the daemon said '${said}'`);
      if (reason.test(said)) return said;
    }
  }

  /** D2. A reader may have seen what the writer is about to cut off; then it opens again. */
  async inspect(): Promise<void> {
    try {
      await this.#verify();
    } catch (error) {
      if (!(error instanceof WorldDamaged) || !error.message.includes('open it again')) throw error;
      await this.#verify();
    }
  }

  async #verify(): Promise<void> {
    const store = await openWorldStore(this.#store, { mode: 'read' });
    try {
      const report = verifyWorld(store, new WasmEngine());
      if (!report.ok) this.problems.push(`record ${report.records} does not verify`);
      const last = Math.max(-1, ...[...this.#acknowledged.values()].map(({ seq }) => seq));
      if (report.records <= last) this.problems.push(`acknowledged record ${last} is gone`);
    } finally {
      await store.close();
    }
  }

  /** D3: sends what is open until all of it is acknowledged. */
  async goOn(): Promise<void> {
    const from = performance.now();
    let codes: ReadonlySet<string> = new Set(['unsent']);
    while (codes.size > 0) {
      if (performance.now() - from > PATIENCE_MS) throw new Error([...codes].join());
      if (this.#daemon?.isOver === true) throw new Error('the daemon has ended');
      if (codes.has('control-closed')) await this.#connect();
      codes = await this.#send([...this.#open]);
      if (codes.size > 0) await pause(LOOK_MS);
    }
    const again = [...this.#acknowledged.keys()].slice(-IN_FLIGHT);
    await this.#send(again);
  }

  /** The daemon ends in order, and every event is there once. */
  async finish(): Promise<void> {
    await this.stop();
    await this.inspect();
    const store = await openWorldStore(this.#store, { mode: 'read' });
    if (store.head + 1 !== this.#acknowledged.size) {
      this.problems.push(`${this.#acknowledged.size} events, and ${store.head + 1} records`);
    }
    await store.close();
  }

  /** All records, when the daemon has ended. */
  async records(): Promise<readonly Uint8Array[]> {
    const store = await openWorldStore(this.#store, { mode: 'read' });
    const records = [...store.records(0)];
    await store.close();
    return records;
  }

  /** What the daemon has open in the folder of the world, but its socket. */
  get openFiles(): readonly string[] {
    const folder = `/proc/${this.#daemon?.pid}/fd`;
    const targets = readdirSync(folder).flatMap((name) => {
      try {
        return [readlinkSync(join(folder, name))];
      } catch {
        return [];
      }
    });
    return targets.filter((path) => path.startsWith(this.directory));
  }

  /** Tells the daemon to go; the disk may be gone already. */
  async stop(): Promise<void> {
    await this.#client?.close().catch(() => undefined);
    this.#daemon?.kill('SIGTERM');
    const end = await this.#daemon?.ended;
    if (end !== 0) this.problems.push(`the daemon ended with ${end}`);
  }

  /** The daemon is not to be there any more, whatever became of it. */
  async end(): Promise<void> {
    await this.#client?.close().catch(() => undefined);
    if (this.#daemon?.isOver === false) this.#daemon.kill();
    await this.#daemon?.ended;
  }
}

/**
 * The disk of this machine with one operation that fails, each in its turn: opening, appending,
 * snapshots, pruning, collecting and closing of a world on real files. Whichever fails:
 *
 * F1 What is thrown is a fault of a stable code that says what to do; no world is halted.
 * F2 Everything acknowledged is there, the journal replays, and the world goes on.
 * F3 No file is left open.
 */
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '@aos/canon';
import { openWorldHost, verifyWorld, type WorldHost } from '@aos/host';
import { AosFault, chainOf } from '@aos/protocol';
import { createWorldStore, nodeFs, openWorldStore, type StoreFs } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { foundCounter, operator, start, tick } from '../../counter-world.js';
import { type BrokenWay, brokenFs } from '../broken-fs.js';

const OPTIONS = { segmentBytes: 8000, copyBytes: 0, preallocateBytes: 1024 };
const engine = new WasmEngine();
const CLIENTS = 3;
const EVENTS = 8;
const GROWN_EVENTS = 40;
/** What a world that is cleared away may say beside. */
const EXPECTED = ['store-failed', 'prune-refused'];

/** Fails operation `failing` with `code`; counts all of them. */
class FailingDisk {
  operations = 0;
  /** What failed. */
  failed: string | undefined;

  constructor(
    private readonly failing: number,
    private readonly code: string,
  ) {}

  readonly fs: StoreFs = wrapped(nodeFs, (name) => this.#reach(name), {
    open: (path, mode) =>
      wrapped(nodeFs.open(path, mode), (name) => this.#reach(name), {
        // a handle is let go of whatever it says
        close: undefined,
      }),
  });

  #reach(name: string): void {
    if (this.operations++ !== this.failing) return;
    this.failed = name;
    const error = new Error(`${this.code}: ${name}`);
    throw Object.assign(error, { code: this.code, errno: -5 });
  }
}

type Overrides<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** Calls `reach` before each method; those that are named are taken from there, or left alone. */
function wrapped<T extends object>(target: T, reach: (name: string) => void, own: Overrides<T>): T {
  return new Proxy(target, {
    get: (_, name) => {
      const value = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const called = Reflect.get(own, name) ?? value.bind(target);
      if (name in own && Reflect.get(own, name) === undefined) return called;
      const isLater = ['write', 'datasync', 'sync', 'truncate', 'syncDirectory', 'lock'];
      return (...args: unknown[]) => {
        if (!isLater.includes(String(name))) reach(String(name));
        else {
          try {
            reach(String(name));
          } catch (error) {
            return Promise.reject(error);
          }
        }
        return called(...args);
      };
    },
  });
}

export interface FailingDiskReport {
  readonly cases: number;
  readonly problems: readonly string[];
  /** Operations of which each kind failed. */
  readonly failed: ReadonlyMap<string, number>;
}

/** Of all operations every `stride`-th fails, until a part that is broken was found out. */
export async function runFailingDisk(
  root: string,
  stride: number,
  broken?: BrokenWay,
): Promise<FailingDiskReport> {
  const base = join(root, 'failing-base');
  const { genesis, objects } = foundCounter();
  await (await createWorldStore(base, genesis, objects, OPTIONS)).close();
  const grown = new Life(base, new FailingDisk(-1, '').fs);
  await grown.live(GROWN_EVENTS);
  const known = grown.acknowledged;
  const problems: string[] = [];
  const failed = new Map<string, number>();
  let cases = 0;
  for (let at = 0; ; at += stride) {
    const dir = join(root, `failing-${at}`);
    cpSync(base, dir, { recursive: true });
    const disk = new FailingDisk(at, at % 2 === 0 ? 'EIO' : 'ENOSPC');
    const handles = countHandles();
    const life = new Life(dir, brokenFs(broken, disk.fs), known);
    await life.live(EVENTS);
    if (disk.failed === undefined) break;
    if (countHandles() > handles) life.problems.push('files are left open');
    await life.inspect().catch((error: unknown) => life.problems.push(String(error)));
    cases += 1;
    failed.set(disk.failed, (failed.get(disk.failed) ?? 0) + 1);
    problems.push(...life.problems.map((text) => `operation ${at}, ${disk.failed}: ${text}`));
    rmSync(dir, { recursive: true });
    if (broken !== undefined && problems.length > 0) break;
  }
  return { cases, problems, failed };
}

function countHandles(): number {
  if (process.platform !== 'linux') return 0;
  return readdirSync('/proc/self/fd').length;
}

class Life {
  readonly problems: string[] = [];
  readonly acknowledged: Map<number, string>;

  constructor(
    private readonly dir: string,
    private readonly fs: StoreFs,
    known: ReadonlyMap<number, string> = new Map(),
  ) {
    this.acknowledged = new Map(known);
  }

  async live(events: number): Promise<void> {
    try {
      const store = await openWorldStore(this.dir, { ...OPTIONS, fs: this.fs });
      const host = await this.#guarded(async () =>
        openWorldHost({ store, engine, signer: operator }),
      );
      if (host === undefined) return await store.close();
      await Promise.all(Array.from({ length: CLIENTS }, () => this.#feed(host, events)));
      await this.#guarded(() => host.snapshot());
      await this.#feed(host, events);
      const cut = { keepSnapshots: 1, isDryRun: false, isArchived: true };
      await this.#guarded(() => host.growth.prune(cut));
      const wish = { keepSnapshots: 1, isDryRun: false, graceS: 0 };
      await this.#guarded(() => host.growth.collect(wish));
      await this.#feed(host, 1);
      await this.#guarded(() => host.close());
    } catch (error) {
      this.#check(error);
    }
  }

  async #feed(host: WorldHost, events: number): Promise<void> {
    for (let i = 0; i < events; i++) {
      const event = this.acknowledged.size === 0 ? start : tick;
      const answer = await this.#guarded(() => host.submit(event));
      if (answer === undefined) return;
      if (!answer.ok) this.problems.push(`refused: ${answer.refusal.code}`);
      else this.acknowledged.set(answer.value.seq, toHex(answer.value.chain));
    }
  }

  async #guarded<T>(run: () => Promise<T>): Promise<T | undefined> {
    try {
      return await run();
    } catch (error) {
      this.#check(error);
      return undefined;
    }
  }

  /** F1. */
  #check(error: unknown): void {
    if (!(error instanceof AosFault) || !EXPECTED.includes(error.code)) {
      this.problems.push(error instanceof Error ? shortStack(error) : String(error));
    } else if (error.code === 'store-failed' && !error.message.includes('see to the disk')) {
      this.problems.push(`no advice: ${error.message}`);
    }
  }

  /** F2. */
  async inspect(): Promise<void> {
    const store = await openWorldStore(this.dir, { ...OPTIONS, check: 'all' });
    if (store.halt !== undefined) this.problems.push(`it halted: ${store.halt.detail}`);
    let seq = store.first;
    for (const bytes of store.records(seq)) {
      const chain = toHex(chainOf(bytes));
      if ((this.acknowledged.get(seq) ?? chain) !== chain) this.problems.push(`another ${seq}`);
      seq += 1;
    }
    const last = Math.max(...this.acknowledged.keys());
    if (seq <= last) this.problems.push(`acknowledged record ${last} is gone`);
    const report = verifyWorld(store, engine);
    if (!report.ok) this.problems.push(`record ${report.records} does not verify`);
    const host = openWorldHost({ store, engine, signer: operator });
    const answer = await host.submit(tick);
    if (!answer.ok) this.problems.push(`then refused: ${answer.refusal.code}`);
    await host.close();
  }
}

function shortStack({ stack = '' }: Error): string {
  const lines = stack.split('\n').filter((line) => !line.includes('failing-disk'));
  return lines.slice(0, 7).join('\n');
}

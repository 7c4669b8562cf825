/**
 * Wall clocks that go back and ahead, between lives of a host and within them, over timers and a
 * disk.
 *
 * K1 Logical time goes on by what has passed, never back; no timer fires before it is due by that,
 *    and none is lost.
 * K2 What is cleared away by age goes by the clock, and nothing goes that is needed.
 * K3 The journal replays.
 */
import { join } from 'node:path';
import { TimerAdapter } from '@aos/adapters-timer';
import { encode, sha256, utf8 } from '@aos/canon';
import { type Clock, openKey, openWorldHost, type StartTimer, verifyWorld } from '@aos/host';
import { AosFault } from '@aos/protocol';
import { createWorldStore, openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { VirtualTime } from '../../../src/test-world/virtual-time.js';
import { foundAlarms, readAlarms } from './alarm-world.js';

const NS_PER_S = 1_000_000_000n;
const DAY_NS = 86_400n * NS_PER_S;
const OPTIONS = { segmentBytes: 8000, copyBytes: 0 };
const ALARMS = 12;
/** By how much the wall clock is set, in the middle of each life and before the next. */
const JUMPS: readonly bigint[] = [
  -3600n * NS_PER_S,
  -DAY_NS,
  2n * DAY_NS,
  -400n * DAY_NS,
  10n * 365n * DAY_NS,
  -(2n ** 62n),
  2n ** 65n,
  -(2n ** 65n),
];

/**
 * How a clock or a collector is broken, for canaries: what is measured follows the clock on the
 * wall; what is young is cleared away.
 */
export type BrokenTime = 'wall-only' | 'no-grace';

/** Virtual time whose wall clock can be set. */
class SetClock implements Clock {
  readonly #time = new VirtualTime(0n);
  constructor(
    private readonly wall: { ns: bigint },
    private readonly isWallOnly: boolean,
  ) {}
  wallNs(): bigint {
    return this.wall.ns;
  }
  monotonicNs(): bigint {
    return this.isWallOnly ? this.wall.ns : this.#time.monotonicNs();
  }
  readonly startTimer: StartTimer = (delayMs, fire) => this.#time.startTimer(delayMs, fire);
  pass(ns: bigint): void {
    this.wall.ns += ns;
    this.#time.pass(ns);
  }
}

export interface ClockReport {
  readonly jumps: number;
  readonly alarms: number;
  readonly problems: readonly string[];
}

/** Every jump is made in a life of its own, in `rounds` worlds. */
export async function runClocks(
  root: string,
  rounds: number,
  broken?: BrokenTime,
): Promise<ClockReport> {
  const problems: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const found = await runClock(join(root, `clock-${round}`), broken);
    problems.push(...found);
  }
  const jumps = 2 * JUMPS.length * rounds;
  return { jumps, alarms: (jumps / 2) * ALARMS, problems };
}

async function runClock(root: string, broken?: BrokenTime): Promise<readonly string[]> {
  const [dir, home] = [join(root, 'world'), join(root, 'home')];
  const { genesis, objects } = foundAlarms(home);
  await (await createWorldStore(dir, genesis, objects, OPTIONS)).close();
  const wall = { ns: 10n ** 18n };
  const problems: string[] = [];
  for (const [i, jump] of JUMPS.entries()) {
    const life = new ClockLife({ dir, home, wall, broken });
    await life.run(i * ALARMS, jump);
    if (broken !== undefined) return life.problems;
    problems.push(...life.problems.map((text) => `jump ${jump}: ${text}`));
    wall.ns += jump / 2n;
  }
  const store = await openWorldStore(dir, { mode: 'read', check: 'all' });
  const report = verifyWorld(store, new WasmEngine());
  if (!report.ok) problems.push(`record ${report.records} does not verify`);
  await store.close();
  return problems;
}

class ClockLife {
  readonly problems: string[] = [];

  constructor(
    private readonly setting: {
      readonly dir: string;
      readonly home: string;
      readonly wall: { ns: bigint };
      readonly broken: BrokenTime | undefined;
    },
  ) {}

  async run(from: number, jump: bigint): Promise<void> {
    const { dir, home, wall, broken } = this.setting;
    const clock = new SetClock(wall, broken === 'wall-only');
    const store = await openWorldStore(dir, OPTIONS);
    const host = openWorldHost({
      ...{ store, engine: new WasmEngine(), clock, startTimer: clock.startTimer },
      effects: { adapters: [new TimerAdapter()], signer: openKey(home, 'host') },
    });
    const first = store.head + 1;
    const beginNs = host.logicalNowNs;
    for (let i = 0; i < ALARMS; i++) {
      const at = beginNs + BigInt(i + 1) * 10n * NS_PER_S;
      const cbor = encode({ at, key: `${from + i}` });
      const answer = await host.submit({ schema: 'd/Alarm@1', cbor });
      if (!answer.ok) this.problems.push(answer.refusal.code);
    }
    // enough of a segment that it would be written anew without it
    const bytes = utf8(`kept ${from} `.repeat(OPTIONS.segmentBytes / 20));
    const name = sha256(bytes);
    await host.storeObject({ hash: name, bytes });
    for (let passed = 0; passed < ALARMS; passed++) {
      if (passed === ALARMS / 2) wall.ns += jump;
      clock.pass(10n * NS_PER_S);
      await host.untilQuiescent();
    }
    await host.snapshot();
    await this.#clear(host);
    if (store.object(name) === undefined) this.problems.push('what nobody has named yet is gone');
    const { fired, problems } = readAlarms(store.records(first));
    this.problems.push(...problems);
    const keys = fired.map(({ key }) => Number(key));
    const expected = Array.from({ length: ALARMS }, (_, i) => from + i);
    if (String(keys) !== String(expected)) this.problems.push(`fired: ${keys}`);
    const off = fired.filter(({ atNs, firedNs }) => firedNs < atNs || firedNs > atNs + NS_PER_S);
    if (off.length > 0) this.problems.push(`${off.length} fired early or late`);
    const { blockers } = await host.untilQuiescent();
    if (blockers.length > 0) this.problems.push(`there is ${blockers[0]?.kind}`);
    await host.close();
  }

  /** K2: what is younger than a day by the clock of this moment stays. */
  async #clear(host: ReturnType<typeof openWorldHost>): Promise<void> {
    const wish = { keepSnapshots: 2, isDryRun: false };
    const graceS = this.setting.broken === 'no-grace' ? 0 : 86_400;
    await host.growth.collect({ ...wish, graceS });
    await host.growth.prune({ ...wish, isArchived: false }).catch((error: unknown) => {
      if (!(error instanceof AosFault) || error.code !== 'prune-refused') throw error;
    });
  }
}

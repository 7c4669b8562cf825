/**
 * A day of timers, one a second, in virtual time over the timer adapter and a disk; its host is
 * killed with SIGKILL while it sets them and while they fire.
 *
 * T1 Every alarm fires once, with status ok, and its plan ends.
 * T2 They fire in the order of their times, none early, none late by more than a step. Only those
 *    that are due already when a host opens with more open timers than it starts in one turn come
 *    as they are started: fewer than a step has, for each kill.
 * T3 The journal replays, signatures of receipts included.
 */
import { join } from 'node:path';
import { verifyWorld } from '@aos/host';
import { createWorldStore, openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';
import { Child } from '../child.js';
import { foundAlarms, readAlarms } from './alarm-world.js';
import type { BrokenTimers } from './broken-timers.js';

export const timerHost = new URL('./timer-host.mjs', import.meta.url);
/** Time moves in steps of so much. */
const STEP_S = 64;
const STEP_NS = BigInt(STEP_S) * 1_000_000_000n;

export interface TimerDay {
  readonly records: readonly Uint8Array[];
  readonly problems: readonly string[];
}

export interface TimerDaySetting {
  /** An empty folder. */
  readonly root: string;
  /** The host, as it was bundled. */
  readonly program: string;
  readonly timers: number;
  /** How often it is killed, half of it while alarms are set. */
  readonly kills: number;
  readonly broken?: BrokenTimers;
  /** Who fires nothing for so long hangs. */
  readonly patienceMs?: number;
}

export async function runTimerDay(setting: TimerDaySetting): Promise<TimerDay> {
  const { root, program, timers, kills, broken, patienceMs } = setting;
  const [dir, home] = [join(root, 'day'), join(root, 'day-home')];
  const { genesis, objects } = foundAlarms(home);
  await (await createWorldStore(dir, genesis, objects)).close();
  const life = JSON.stringify({ dir, home, timers, broken });
  for (let kill = 0; kill < kills; kill++) {
    const word = kill < kills / 2 ? 'set' : 'fired';
    const share = word === 'set' ? (kill + 1) / (kills / 2 + 1) : (2 * kill + 1) / kills - 1;
    const child = new Child(program, [life], {
      onLine: (line) => {
        const [said, count] = line.split(' ');
        const isPast = said === word && Number(count) >= share * timers;
        if (isPast || (word === 'set' && said === 'fired')) child.kill();
      },
    });
    const end = await child.lived();
    if (end !== 'SIGKILL') throw new Error(`the host ended by itself: ${end}`);
  }
  const last = new Child(program, [life]);
  const end = await last.lived(patienceMs);
  const said = last.lines.at(-1);
  if (end !== 0 || said !== 'over') throw new Error(`it ended with ${end} behind '${said}'`);
  const store = await openWorldStore(dir, { mode: 'read' });
  try {
    const records = [...store.records(0)];
    const problems = judgeDay(records, { timers, kills });
    const { ok } = verifyWorld(store, new WasmEngine());
    return { records, problems: ok ? problems : [...problems, 'it does not verify'] };
  } finally {
    await store.close();
  }
}

/** T1 and T2. */
export function judgeDay(
  records: readonly Uint8Array[],
  { timers, kills }: Pick<TimerDaySetting, 'timers' | 'kills'>,
): readonly string[] {
  const { fired, set, begun, ended, problems } = readAlarms(records);
  const found = [...problems];
  if (set.size !== timers || begun !== timers) found.push(`${set.size} alarms were set`);
  if (ended !== timers) found.push(`${ended} plans came to their end`);
  if (fired.length !== timers) found.push(`${fired.length} timers fired`);
  const keys = new Set(fired.map(({ key }) => key));
  if (keys.size !== fired.length) found.push('one fired twice');
  const wrong = fired.filter(({ status }) => status !== 'ok');
  if (wrong.length > 0) found.push(`${wrong.length} did not end well`);
  const early = fired.filter(({ atNs, firedNs }) => firedNs < atNs);
  const late = fired.filter(({ atNs, firedNs }) => firedNs > atNs + 2n * STEP_NS);
  const turned = fired.filter(({ atNs }, i) => atNs < (fired[i - 1]?.atNs ?? 0n));
  if (early.length > 0) found.push(`${early.length} fired early`);
  if (late.length > 0) found.push(`${late.length} fired late`);
  if (turned.length >= Math.max(1, kills * STEP_S))
    found.push(`${turned.length} fired out of turn`);
  return found;
}

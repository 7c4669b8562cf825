/** Calls on the program itself: arguments, time, chance, its end. */
import { fail } from './errno.js';
import { ProgramExit } from './program-end.js';
import type { Calls, WasiSystem } from './wasi-system.js';

/** Layout of what is waited for, and of what is told. */
const WISH = { bytes: 48, tag: 8, timeout: 24, flags: 40 } as const;
const EVENT = { bytes: 32, error: 8, type: 10, ready: 16 } as const;
const CLOCK_TAG = 0;
const IS_ABSOLUTE = 1;
const CLOCKS = 4;
const MAX_WISHES = 4096;

export function processCalls(system: WasiSystem): Calls {
  return { ...ownCalls(system), ...timeCalls(system), ...absentCalls(system) };
}

function ownCalls(system: WasiSystem): Calls {
  const { memory, args } = system;
  return {
    args_get: (pointers: number, pointer: number) => memory.writeTexts(pointers, pointer, args),
    args_sizes_get(count: number, size: number) {
      memory.writeU32(count, args.length);
      memory.writeU32(
        size,
        args.reduce((sum, { length }) => sum + length, 0),
      );
    },
    environ_get() {},
    environ_sizes_get(count: number, size: number) {
      memory.writeU32(count, 0);
      memory.writeU32(size, 0);
    },
    proc_exit(exitCode: number) {
      throw new ProgramExit(exitCode >>> 0);
    },
    random_get(pointer: number, length: number) {
      system.fillRandom(memory.bytes(pointer, length));
    },
    sched_yield() {},
  };
}

function timeCalls(system: WasiSystem): Calls {
  const { memory } = system;
  return {
    clock_res_get(clock: number, resolution: number) {
      if (clock >>> 0 >= CLOCKS) throw fail('invalid');
      memory.writeU64(resolution, 1n);
    },
    clock_time_get(clock: number, _precision: bigint, time: number) {
      if (clock >>> 0 >= CLOCKS) throw fail('invalid');
      memory.writeU64(time, system.readClock());
    },
    poll_oneoff(wishes: number, events: number, count: number, told: number) {
      memory.writeU32(told, poll(system, wishes, events, count));
    },
  };
}

/** Nobody waits: what is open is ready, and otherwise time passes to the earliest end. */
function poll(system: WasiSystem, wishes: number, events: number, count: number): number {
  const { memory, descriptors } = system;
  if (count === 0 || count >>> 0 > MAX_WISHES) throw fail('invalid');
  const nowNs = system.readClock();
  const all = Array.from({ length: count }, (_, i) => {
    const wish = memory.view(wishes + i * WISH.bytes, WISH.bytes);
    const tag = wish.getUint8(WISH.tag);
    const isAbsolute = (wish.getUint16(WISH.flags, true) & IS_ABSOLUTE) !== 0;
    const timeout = wish.getBigUint64(WISH.timeout, true);
    const dueNs = tag === CLOCK_TAG ? timeout + (isAbsolute ? 0n : nowNs) : nowNs;
    return { tag, dueNs, userdata: wish.getBigUint64(0, true), fd: wish.getUint32(16, true) };
  });
  let firstNs = all[0]?.dueNs ?? nowNs;
  for (const { dueNs } of all) if (dueNs < firstNs) firstNs = dueNs;
  system.passTime(firstNs);
  const due = all.filter(({ dueNs }) => dueNs <= firstNs || dueNs <= nowNs);
  due.forEach(({ tag, userdata, fd }, i) => {
    const event = memory.view(events + i * EVENT.bytes, EVENT.bytes);
    const isOpen = tag === CLOCK_TAG || isKnown(() => descriptors.get(fd));
    event.setBigUint64(0, userdata, true);
    event.setUint16(EVENT.error, isOpen ? 0 : fail('badDescriptor').errno, true);
    event.setUint8(EVENT.type, tag);
    event.setBigUint64(EVENT.ready, tag === CLOCK_TAG ? 0n : 1n, true);
    event.setBigUint64(EVENT.ready + 8, 0n, true);
  });
  return due.length;
}

function isKnown(get: () => unknown): boolean {
  try {
    get();
    return true;
  } catch {
    return false;
  }
}

/** What there is none of. */
function absentCalls({ descriptors }: WasiSystem): Calls {
  const noSocket = (fd: number) => {
    descriptors.get(fd);
    throw fail('notSocket');
  };
  return {
    sock_accept: noSocket,
    sock_recv: noSocket,
    sock_send: noSocket,
    sock_shutdown: noSocket,
    proc_raise() {
      throw fail('notSupported');
    },
  };
}

/** Disks that are full, read-only or broken under a running daemon. */
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { createWorldStore, openWorldStore } from '@aos/store';
import { foundCounter } from '../../counter-world.js';
import { type Drilled, expectNone, type Skipped } from '../drill-report.js';
import { DiskOrdeal } from './disk-ordeal.js';
import { Mount, makeExt4, repairExt4 } from './mounts.js';

export const daemonProgram = new URL('../../daemon-kills/daemon.mjs', import.meta.url);

const CHUNK = new Uint8Array(1 << 16);

export interface DiskSetting {
  /** An empty folder. */
  readonly root: string;
  /** The daemon, as it was bundled. */
  readonly program: string;
  readonly rounds: number;
}

/** Fills a disk but for so many bytes; the answer makes room again. */
function fill(folder: string, leftBytes: number): () => void {
  const path = join(folder, 'ballast');
  const fd = openSync(path, 'w');
  try {
    for (;;) writeSync(fd, CHUNK);
  } catch {
    // it is full
  }
  ftruncateSync(fd, Math.max(0, fstatSync(fd).size - leftBytes));
  closeSync(fd);
  return () => rmSync(path);
}

const skipped = (reason: string): Skipped => ({ skipped: reason });

/** A disk in memory is filled under the daemon, taken away its right to write, and emptied. */
export async function drillFullDisk({ root, program, rounds }: DiskSetting) {
  const mount = Mount.tmpfs(join(root, 'full'), 'size=4m');
  const hindrance = mount.mount();
  if (hindrance !== undefined) return skipped(hindrance);
  const ordeal = new DiskOrdeal(join(mount.path, 'world'), program);
  try {
    await ordeal.found();
    await ordeal.start();
    for (let round = 0; round < rounds; round++) {
      await ordeal.load(1);
      const empty = fill(mount.path, 7000 * (round + 1));
      await ordeal.expectStopped(await ordeal.load(), /no space left|short write/);
      await ordeal.expectSaid('not-opened', /no space left|short write/);
      await ordeal.inspect();
      const busy = mount.remount('ro');
      if (busy !== undefined) ordeal.problems.push(`files were left open: ${busy}`);
      await ordeal.expectSaid('not-opened', /read-only file system/);
      await ordeal.inspect();
      mount.remount('rw');
      empty();
      await ordeal.goOn();
    }
    await ordeal.finish();
    expectNone(ordeal.problems);
    return { count: rounds, unit: 'rounds', found: `${ordeal.acknowledged} events` };
  } finally {
    await ordeal.end();
    mount.release();
  }
}

/** No name can be made any more: a world does not open, and is not made. */
export async function drillNoNames({ root }: DiskSetting): Promise<Drilled | Skipped> {
  const mount = Mount.tmpfs(join(root, 'names'), 'size=4m,nr_inodes=24');
  const hindrance = mount.mount();
  if (hindrance !== undefined) return skipped(hindrance);
  const { genesis, objects } = foundCounter();
  const [dir, other] = [join(mount.path, 'one'), join(mount.path, 'two')];
  const problems: string[] = [];
  const expectFailed = async (what: string, act: () => Promise<unknown>) => {
    const fault = await act().then(
      () => ({ code: 'none', message: '' }),
      (error: { code: string; message: string }) => error,
    );
    if (fault.code !== 'store-failed' || !/no space left.*see to the disk/.test(fault.message)) {
      problems.push(`${what}: ${fault.code} ${fault.message}`);
    }
  };
  try {
    await (await createWorldStore(dir, genesis, objects)).close();
    let names = 0;
    try {
      for (; ; names++) writeFileSync(join(mount.path, `${names}`), '');
    } catch {
      // there are no more
    }
    await expectFailed('opening', () => openWorldStore(dir, { mode: 'write' }));
    await expectFailed('making', () => createWorldStore(other, genesis, objects));
    await (await openWorldStore(dir, { mode: 'read' })).close();
    // what was made so far of the other one may be in the way of one more name, not of five
    for (let i = 0; i < 8; i++) rmSync(join(mount.path, `${i}`));
    await (await openWorldStore(dir, { mode: 'write' })).close();
    await (await createWorldStore(other, genesis, objects)).close();
    expectNone(problems);
    return { count: names, unit: 'names' };
  } finally {
    mount.release();
  }
}

/** The file system finds an error and allows no more writes. */
export async function drillReadOnly({ root, program, rounds }: DiskSetting) {
  const file = join(root, 'read-only.ext4');
  const mount = Mount.image(join(root, 'read-only'), file, 'errors=remount-ro');
  const hindrance = makeExt4(file, 24, 'has_journal') ?? mount.mount();
  if (hindrance !== undefined) return skipped(hindrance);
  const ordeal = new DiskOrdeal(join(mount.path, 'world'), program);
  try {
    await ordeal.found();
    for (let round = 0; round < rounds; round++) {
      await ordeal.start();
      await ordeal.load(3);
      const going = ordeal.load();
      const hindered = mount.remount('abort');
      if (hindered !== undefined) return skipped(hindered);
      await ordeal.expectStopped(await going, /read-only file system|i\/o error/i);
      await ordeal.expectSaid('not-opened', /read-only file system|i\/o error/i);
      await ordeal.inspect();
      const { openFiles } = ordeal;
      if (openFiles.length > 0) ordeal.problems.push(`left open: ${openFiles.join()}`);
      await repair(mount, file, ordeal);
    }
    await ordeal.start();
    await ordeal.goOn();
    await ordeal.finish();
    expectNone(ordeal.problems);
    return { count: rounds, unit: 'rounds', found: `${ordeal.acknowledged} events` };
  } finally {
    await ordeal.end();
    mount.release();
  }
}

/**
 * The operator ends the daemon, whose socket is on the disk, takes the disk away, repairs it and
 * brings it back.
 */
async function repair(mount: Mount, file: string, ordeal: DiskOrdeal): Promise<void> {
  await ordeal.stop();
  const busy = mount.unmount();
  if (busy !== undefined) throw new Error(busy);
  repairExt4(file);
  const hindrance = mount.mount();
  if (hindrance !== undefined) throw new Error(hindrance);
}

/** A disk that promised more than there is: its writes are lost, and only the flush says so. */
export async function drillThinDisk({ root, program, rounds }: DiskSetting) {
  const below = Mount.tmpfs(join(root, 'below'), 'size=8m');
  const file = join(below.path, 'thin.ext4');
  const mount = Mount.image(join(root, 'thin'), file, 'errors=continue');
  const hindrance = below.mount() ?? makeExt4(file, 32, '^has_journal') ?? mount.mount();
  if (hindrance !== undefined) {
    below.release();
    return skipped(hindrance);
  }
  const ordeal = new DiskOrdeal(join(mount.path, 'world'), program);
  try {
    await ordeal.found();
    await ordeal.start();
    for (let round = 0; round < rounds; round++) {
      await ordeal.load(1);
      const empty = fill(below.path, 60_000);
      await ordeal.expectStopped(await ordeal.load(), /(i\/o error|no space left).*sync/i);
      await ordeal.inspect();
      empty();
      await ordeal.goOn();
    }
    // what only a cache knew is not there any more
    await repair(mount, file, ordeal);
    await ordeal.start();
    await ordeal.finish();
    expectNone(ordeal.problems);
    return { count: rounds, unit: 'rounds', found: `${ordeal.acknowledged} events` };
  } finally {
    await ordeal.end();
    mount.release();
    below.release();
  }
}

/** No file may grow beyond a size; that takes no privilege. */
export async function drillFileLimit({ root, program, rounds }: DiskSetting): Promise<Drilled> {
  const ordeal = new DiskOrdeal(join(root, 'limit'), program);
  try {
    await ordeal.found();
    for (let round = 0; round < rounds; round++) {
      // blocks of 512 bytes
      await ordeal.start({ shell: `ulimit -f ${700 + 700 * round}` });
      await ordeal.expectStopped(await ordeal.load(), /file too large|short write/i);
      await ordeal.inspect();
      await ordeal.end();
    }
    await ordeal.start();
    await ordeal.goOn();
    await ordeal.finish();
    expectNone(ordeal.problems);
    return { count: rounds, unit: 'rounds', found: `${ordeal.acknowledged} events` };
  } finally {
    await ordeal.end();
  }
}

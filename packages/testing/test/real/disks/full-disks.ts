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
import { brokenFs } from '../broken-fs.js';
import { type Drilled, expectNone, type Skipped } from '../drill-report.js';
import { DiskOrdeal, type OrdealSetting } from './disk-ordeal.js';
import { type Hindrance, Mount, repairExt4 } from './mounts.js';

export const daemonProgram = new URL('../../daemon-kills/daemon.mjs', import.meta.url);

const CHUNK = new Uint8Array(1 << 16);

interface DiskSetting extends OrdealSetting {
  /** An empty folder. */
  readonly root: string;
  readonly rounds: number;
}

export type DiskDrill = (setting: DiskSetting) => Promise<Drilled | Skipped>;

/** What is done to a daemon and its disk, and what keeps us from it. */
type Deed = (ordeal: DiskOrdeal, rounds: number) => Promise<Hindrance>;

/** A daemon of `folder` on disks of which each lies on the one before. */
async function onDisks(
  { root, rounds, ...setting }: DiskSetting,
  folder: string,
  disks: readonly Mount[],
  deed: Deed,
): Promise<Drilled | Skipped> {
  const ordeal = new DiskOrdeal(join(root, folder, 'world'), setting);
  try {
    for (const disk of disks) {
      const hindrance = disk.mount();
      if (hindrance !== undefined) return { skipped: hindrance };
    }
    await ordeal.found();
    const hindrance = await deed(ordeal, rounds);
    if (hindrance !== undefined) return { skipped: hindrance };
    await ordeal.finish();
    expectNone(ordeal.problems);
    return { count: rounds, unit: 'rounds', found: `${ordeal.acknowledged} events` };
  } finally {
    await ordeal.end();
    for (const disk of [...disks].reverse()) disk.release();
  }
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

/** A disk in memory is filled under the daemon, taken away its right to write, and emptied. */
export const drillFullDisk: DiskDrill = (setting) => {
  const disk = Mount.tmpfs(join(setting.root, 'full'), 'size=4m');
  return onDisks(setting, 'full', [disk], async (ordeal, rounds) => {
    await ordeal.start();
    for (let round = 0; round < rounds; round++) {
      await ordeal.load(1);
      const empty = fill(disk.path, 7000 * (round + 1));
      await ordeal.expectStopped(await ordeal.load(), /no space left|short write/);
      await ordeal.expectSaid('not-opened', /no space left|short write/);
      await ordeal.inspect();
      const busy = disk.remount('ro');
      if (busy !== undefined) ordeal.problems.push(`files were left open: ${busy}`);
      await ordeal.expectSaid('not-opened', /read-only file system/);
      await ordeal.inspect();
      disk.remount('rw');
      empty();
      await ordeal.goOn();
    }
    return undefined;
  });
};

/** No name can be made any more: a world does not open, and is not made. */
export const drillNoNames: DiskDrill = async ({ root, broken }) => {
  const mount = Mount.tmpfs(join(root, 'names'), 'size=4m,nr_inodes=24');
  const hindrance = mount.mount();
  if (hindrance !== undefined) return { skipped: hindrance };
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
    const writing = { mode: 'write', fs: brokenFs(broken) } as const;
    await expectFailed('opening', () => openWorldStore(dir, writing));
    await expectFailed('making', () => createWorldStore(other, genesis, objects));
    expectNone(problems);
    await (await openWorldStore(dir, { mode: 'read' })).close();
    // what was made so far of the other one may be in the way of one more name, not of five
    for (let i = 0; i < 8; i++) rmSync(join(mount.path, `${i}`));
    await (await openWorldStore(dir, { mode: 'write' })).close();
    await (await createWorldStore(other, genesis, objects)).close();
    return { count: names, unit: 'names' };
  } finally {
    mount.release();
  }
};

/** The file system finds an error and allows no more writes. */
export const drillReadOnly: DiskDrill = (setting) => {
  const file = join(setting.root, 'read-only.ext4');
  const features = { sizeMib: 24, features: 'has_journal', options: 'errors=remount-ro' };
  const disk = Mount.ext4(join(setting.root, 'read-only'), file, features);
  return onDisks(setting, 'read-only', [disk], async (ordeal, rounds) => {
    for (let round = 0; round < rounds; round++) {
      await ordeal.start();
      await ordeal.load(3);
      const going = ordeal.load();
      const hindered = disk.remount('abort');
      if (hindered !== undefined) return hindered;
      await ordeal.expectStopped(await going, /read-only file system|i\/o error/i);
      await ordeal.expectSaid('not-opened', /read-only file system|i\/o error/i);
      await ordeal.inspect();
      const { openFiles } = ordeal;
      if (openFiles.length > 0) ordeal.problems.push(`left open: ${openFiles.join()}`);
      await repair(disk, file, ordeal);
    }
    await ordeal.start();
    await ordeal.goOn();
    return undefined;
  });
};

/**
 * The operator ends the daemon, whose socket is on the disk, takes the disk away, repairs it and
 * brings it back.
 */
async function repair(disk: Mount, file: string, ordeal: DiskOrdeal): Promise<void> {
  await ordeal.stop();
  const busy = disk.unmount();
  if (busy !== undefined) throw new Error(busy);
  repairExt4(file);
  const hindrance = disk.mount();
  if (hindrance !== undefined) throw new Error(hindrance);
}

/** A disk that promised more than there is: its writes are lost, and only the flush says so. */
export const drillThinDisk: DiskDrill = (setting) => {
  const below = Mount.tmpfs(join(setting.root, 'below'), 'size=8m');
  const file = join(below.path, 'thin.ext4');
  const features = { sizeMib: 32, features: '^has_journal', options: 'errors=continue' };
  const disk = Mount.ext4(join(setting.root, 'thin'), file, features);
  return onDisks(setting, 'thin', [below, disk], async (ordeal, rounds) => {
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
    await repair(disk, file, ordeal);
    await ordeal.start();
    return undefined;
  });
};

/** No file may grow beyond a size; that takes no privilege. */
export const drillFileLimit: DiskDrill = (setting) =>
  onDisks(setting, 'limit', [], async (ordeal, rounds) => {
    for (let round = 0; round < rounds; round++) {
      // blocks of 512 bytes
      await ordeal.start({ shell: `ulimit -f ${700 + 700 * round}` });
      await ordeal.expectStopped(await ordeal.load(), /file too large|short write/i);
      await ordeal.inspect();
      await ordeal.end();
    }
    await ordeal.start();
    await ordeal.goOn();
    return undefined;
  });

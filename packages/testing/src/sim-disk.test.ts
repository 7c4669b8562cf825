import { describe, expect, it } from 'vitest';
import { SimCrash, SimDisk } from './sim-disk.js';

const SEEDS = Array.from({ length: 200 }, (_, i) => i);
const PATH = '/file';

const bytesOf = (text: string) => Buffer.from(text);

/** What a file holds, `undefined` when it is not there. */
function contentOf(disk: SimDisk, path = PATH): string | undefined {
  if (!disk.fs.list('/')?.includes(path.slice(1))) return undefined;
  const file = disk.fs.open(path, 'read');
  const target = Buffer.alloc(file.sizeBytes());
  file.readSync(target, 0);
  return target.toString('latin1');
}

/** A disk with a durable file of durable content. */
async function diskWith(seed: number, content: string): Promise<SimDisk> {
  const disk = new SimDisk(seed);
  const file = disk.fs.open(PATH, 'create');
  await file.write(bytesOf(content), 0);
  await file.sync();
  await disk.fs.syncDirectory('/');
  return disk;
}

/** All contents that power losses leave, over many seeds. */
async function outcomes(live: (disk: SimDisk) => Promise<void>): Promise<Set<string | undefined>> {
  const found = new Set<string | undefined>();
  for (const seed of SEEDS) {
    const disk = await diskWith(seed, 'old');
    await live(disk);
    found.add(contentOf(disk.crash()));
  }
  return found;
}

describe('a power loss', () => {
  it('keeps what was flushed', async () => {
    const found = await outcomes(async ({ fs }) => {
      const file = fs.open(PATH, 'write');
      await file.write(bytesOf('new content'), 0);
      await file.datasync();
    });
    expect([...found]).toEqual(['new content']);
  });

  it('keeps, loses or tears what was not', async () => {
    const found = await outcomes(async ({ fs }) => {
      await fs.open(PATH, 'write').write(bytesOf('NEW!'), 0);
    });
    for (const content of ['old', 'NEW!', 'NEW', 'Nld', 'old\0', 'NEW\0']) {
      expect(found, content).toContain(content);
    }
    expect(found).not.toContain('oEW');
  });

  it('may keep a later write and lose an earlier one', async () => {
    const found = await outcomes(async ({ fs }) => {
      const file = fs.open(PATH, 'write');
      await file.write(bytesOf('1'), 3);
      await file.write(bytesOf('2'), 4);
    });
    expect(found).toContain('old\x002');
    expect(found).toContain('old1');
  });

  it('loses what a flush did not cover because it came later', async () => {
    const found = await outcomes(async ({ fs }) => {
      const file = fs.open(PATH, 'write');
      const flush = file.datasync();
      await file.write(bytesOf('new'), 0);
      await flush;
    });
    expect(found).toContain('old');
    expect(found).toContain('new');
  });

  it('undoes a truncate that was not flushed, or not', async () => {
    const found = await outcomes(({ fs }) => fs.open(PATH, 'write').truncate(1));
    expect([...found].sort()).toEqual(['o', 'old']);
  });

  it('keeps names only after a flush of their directory', async () => {
    const found = new Set<string>();
    for (const seed of SEEDS) {
      const disk = new SimDisk(seed);
      disk.fs.makeDirectory('/a');
      await disk.fs.open('/a/file', 'create').sync();
      await disk.fs.syncDirectory('/');
      disk.fs.rename('/a', '/b');
      const { fs } = disk.crash();
      for (const name of fs.list('/') ?? []) found.add(`${name}: ${fs.list(`/${name}`)}`);
    }
    expect([...found].sort()).toEqual(['a: ', 'a: file', 'b: ', 'b: file']);
  });
});

describe('a kill', () => {
  it('keeps the cache and loses at most what was under way', async () => {
    const found = new Set<string | undefined>();
    for (const seed of SEEDS) {
      const disk = await diskWith(seed, 'old');
      const file = disk.fs.open(PATH, 'write');
      await file.write(bytesOf('new'), 0);
      disk.crashAt(disk.operations);
      file.write(bytesOf('NEW'), 0);
      found.add(contentOf(disk.kill()));
    }
    expect([...found].sort()).toEqual(['NEW', 'new']);
  });
});

describe('a crash at an operation', () => {
  it('is announced, and nothing settles or begins after it', async () => {
    const disk = new SimDisk(1);
    disk.crashAt(1);
    const file = disk.fs.open(PATH, 'create');
    let settled = false;
    const write = file.write(bytesOf('x'), 0).then(() => {
      settled = true;
    });
    await disk.crashed;
    await Promise.race([write, new Promise((resolve) => setImmediate(resolve))]);
    expect([settled, disk.isCrashed]).toEqual([false, true]);
    expect(() => disk.fs.open(PATH, 'read')).toThrow(SimCrash);
  });
});

describe('a failure', () => {
  it('of a flush leaves the cache, and later flushes do not speak of what it gave up', async () => {
    const found = await outcomes(async (disk) => {
      const file = disk.fs.open(PATH, 'write');
      await file.write(bytesOf('new'), 0);
      disk.failAt(disk.operations, 'EIO');
      await expect(file.datasync()).rejects.toMatchObject({ code: 'EIO' });
      expect(contentOf(disk)).toBe('new');
      await file.datasync();
    });
    expect(found).toContain('old');
  });

  it('of a flush is healed by writing again', async () => {
    const found = await outcomes(async (disk) => {
      const file = disk.fs.open(PATH, 'write');
      await file.write(bytesOf('new'), 0);
      disk.failAt(disk.operations, 'EIO');
      await file.datasync().catch(() => undefined);
      await file.write(bytesOf('new'), 0);
      await file.datasync();
    });
    expect([...found]).toEqual(['new']);
  });

  it('of a write takes a part of it', async () => {
    const disk = await diskWith(1, '');
    const file = disk.fs.open(PATH, 'write');
    disk.failAt(disk.operations, 'short-write');
    disk.failAt(disk.operations + 1, 'ENOSPC');
    expect(await file.write(bytesOf('content'), 0)).toBeLessThan(7);
    await expect(file.write(bytesOf('content'), 0)).rejects.toMatchObject({ code: 'ENOSPC' });
    disk.failFrom(disk.operations);
    await expect(file.sync()).rejects.toMatchObject({ code: 'EIO' });
    expect(() => disk.fs.makeDirectory('/d')).toThrow(expect.objectContaining({ code: 'EIO' }));
  });
});

it('a seed decides everything', async () => {
  const run = async () => {
    const found: (string | undefined)[] = [];
    for (const seed of SEEDS) {
      const disk = await diskWith(seed, 'old');
      await disk.fs.open(PATH, 'write').write(bytesOf('something new'), 0);
      found.push(contentOf(disk.crash()));
    }
    return found;
  };
  expect(await run()).toEqual(await run());
});

it('a disk that lies about flushes loses what it said was durable', async () => {
  const found = new Set<string | undefined>();
  for (const seed of SEEDS) {
    const disk = new SimDisk(seed, { lieAboutFlush: true });
    const file = disk.fs.open(PATH, 'create');
    await file.sync();
    await disk.fs.syncDirectory('/');
    await file.write(bytesOf('x'), 0);
    await file.datasync();
    found.add(contentOf(disk.crash()));
  }
  expect([...found].sort()).toContain('');
});

/** Writers that no lock keeps apart: the latest acknowledges, and nothing acknowledged is lost. */
import { utf8 } from '@aos/canon';
import { AosFault, type WorldStore } from '@aos/protocol';
import { createWorldStore, openWorldStore, type StoreFs, type StoreOptions } from '@aos/store';
import { Random, SimDisk } from '@aos/testing';
import { describe, expect, it } from 'vitest';

const DIRECTORY = '/world';
const SEEDS = process.env.AOS_DRILL === 'large' ? 5000 : 300;
const WRITERS = 4;
const APPENDS = 12;
const MAX_TURNS = 60;

const fault = (code: string) => expect.objectContaining({ name: 'AosFault', code });

/** The disk as another container sees it: the same files, and locks of its own. */
function withoutLock(fs: StoreFs): StoreFs {
  return { ...fs, lock: async () => ({ release: async () => undefined }) };
}

function textsOf(store: WorldStore): string[] {
  return [...store.records(0)].map((bytes) => Buffer.from(bytes).toString());
}

class Contest {
  readonly acknowledged: string[] = [];
  readonly problems: string[] = [];
  /** The writer that opened last. */
  private latest = -1;
  private readonly random: Random;
  private readonly options: StoreOptions;

  constructor(seed: number, disk: SimDisk) {
    this.random = new Random(seed);
    this.options = {
      fs: withoutLock(disk.fs),
      salt: new Uint8Array(16),
      segmentBytes: this.random.pick([400, 900, 2 ** 20]),
      preallocateBytes: this.random.pick([0, 512]),
      copyBytes: this.random.pick([0, 2 ** 20]),
    };
  }

  async run(): Promise<void> {
    await (await createWorldStore(DIRECTORY, utf8('genesis'), [], this.options)).close();
    await Promise.all(Array.from({ length: WRITERS }, (_, writer) => this.write(writer)));
  }

  async texts(disk: SimDisk): Promise<string[]> {
    const store = await openWorldStore(DIRECTORY, { ...this.options, fs: disk.fs });
    const texts = textsOf(store);
    await store.close();
    return texts;
  }

  private async write(writer: number): Promise<void> {
    await this.wait();
    try {
      const store = await openWorldStore(DIRECTORY, this.options);
      this.latest = writer;
      await this.append(store, writer);
      await store.close();
    } catch (error) {
      const code = error instanceof AosFault ? error.code : String(error);
      if (code !== 'writer-fenced') this.problems.push(`writer ${writer}: ${code}`);
    }
  }

  private async append(store: WorldStore, writer: number): Promise<void> {
    let last = Promise.resolve();
    for (let step = 0; step < APPENDS; step++) {
      const text = `${writer}.${step}`.padEnd(this.random.below(200));
      last = store.append({ records: [utf8(text)], objects: [] }).then(() => {
        this.acknowledged.push(text);
        if (this.latest !== writer) this.problems.push(`${writer} after ${this.latest}`);
      });
      last.catch(() => undefined);
      if (this.random.chance(0.5)) await last;
    }
    await last;
  }

  private async wait(): Promise<void> {
    for (let turns = this.random.below(MAX_TURNS * WRITERS); turns > 0; turns--) await undefined;
  }
}

describe('writers that no lock keeps apart', () => {
  it(`lose nothing that any of them acknowledged, over ${SEEDS} contests`, async () => {
    let fenced = 0;
    for (let seed = 0; seed < SEEDS; seed++) {
      const disk = new SimDisk(seed);
      const contest = new Contest(seed, disk);
      await contest.run();
      expect(contest.problems, `seed ${seed}`).toEqual([]);
      const texts = await contest.texts(seed % 2 === 0 ? disk : disk.crash());
      const found = texts.filter((text) => contest.acknowledged.includes(text));
      expect(found, `seed ${seed}`).toEqual(contest.acknowledged);
      if (found.length < WRITERS * APPENDS) fenced++;
    }
    expect(fenced).toBeGreaterThan(SEEDS / 2);
  });

  it('are refused as soon as a later one has opened, and change nothing of its log', async () => {
    for (const segmentBytes of [300, 2 ** 20]) {
      const disk = new SimDisk(1);
      const options = { fs: withoutLock(disk.fs), salt: new Uint8Array(16), segmentBytes };
      const batch = (text: string) => ({ records: [utf8(text.padEnd(100))], objects: [] });
      const older = await createWorldStore(DIRECTORY, utf8('genesis'), [], options);
      await older.append(batch('first'));
      const newer = await openWorldStore(DIRECTORY, options);
      await newer.append(batch('second'));
      await expect(older.append(batch('lost'))).rejects.toEqual(fault('writer-fenced'));
      await expect(older.append(batch('lost'))).rejects.toEqual(fault('writer-fenced'));
      await newer.append(batch('third'));
      await older.close();
      await newer.close();
      const again = await openWorldStore(DIRECTORY, { fs: disk.crash().fs });
      expect(textsOf(again).map((text) => text.trim())).toEqual(['first', 'second', 'third']);
      await again.close();
    }
  });

  it('cannot close cleanly when they have been overtaken, and leave the log as it is', async () => {
    const disk = new SimDisk(2);
    const options = { fs: withoutLock(disk.fs), salt: new Uint8Array(16) };
    const older = await createWorldStore(DIRECTORY, utf8('genesis'), [], options);
    const newer = await openWorldStore(DIRECTORY, options);
    await older.close();
    await newer.append({ records: [utf8('kept')], objects: [] });
    await newer.close();
    const again = await openWorldStore(DIRECTORY, { fs: disk.fs });
    expect([textsOf(again), again.tail.clean]).toEqual([['kept'], true]);
  });
});

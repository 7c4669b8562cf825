import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCli } from '@aos/cli';
import { chainOf, decodeRecord, encodeRecord } from '@aos/protocol';
import { openWorldStore } from '@aos/store';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const EXAMPLE = fileURLToPath(new URL('../../../examples/00-counter', import.meta.url));
const EVENT = 'demo/CounterEvent@1';
const REDUCER = 'demo/CounterSM@1';
const TICK = '{"Tick":null}';
const NOT_UTF8 = Uint8Array.of(0x22, 0x63, 0x61, 0x66, 0xff, 0xfe, 0x22);

let root = '';
let world = '';
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'aos-trouble-'));
  world = join(root, 'world');
  vi.stubEnv('AOS_HOME', join(root, 'home'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

interface Said {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

async function aos(...args: string[]): Promise<Said> {
  let [out, err] = ['', ''];
  const streams = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
  };
  return { exitCode: await runCli(args, streams), out, err };
}

/** Runs while every write to standard output fails. */
async function aosUnheard(...args: string[]) {
  let err = '';
  const streams = {
    out: () => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    },
    err: (text: string) => {
      err += text;
    },
  };
  return { exitCode: await runCli(args, streams), err };
}

async function json(...args: string[]) {
  const { exitCode, out } = await aos('--json', ...args);
  return { exitCode, ...JSON.parse(out) };
}

const init = (...more: string[]) => json('init', world, '--from', EXAMPLE, ...more);
const send = (value: string) => json('-w', world, 'event', 'send', EVENT, value);
const refused = (code: string) => ({ ok: false, exitCode: 1, error: { code } });

describe("the operator's key", () => {
  it.each([
    ['in its .aos', '.aos'],
    ['in itself', '.'],
    ['through a link', '../link/deep'],
  ])('makes no world that would hold it: %s', async (_, home) => {
    mkdirSync(world);
    symlinkSync(world, join(root, 'link'));
    vi.stubEnv('AOS_HOME', join(world, home));
    expect(await init()).toMatchObject(refused('key-inside-world'));
    expect(readdirSync(world)).toEqual([]);
  });

  it('is refused when others may read it, and so is the world', async () => {
    await init();
    chmodSync(join(root, 'home/keys/operator.pem'), 0o644);
    const other = join(root, 'other');
    const answer = await json('init', other, '--from', EXAMPLE);
    expect(answer).toMatchObject(refused('key-permissions'));
    expect(answer.error.message).toContain('chmod 600');
    expect(existsSync(other)).toBe(false);
  });
});

describe('a standard output that fails', () => {
  it.each([[['--json']], [[]]])(
    'says on standard error that an event is durable: %j',
    async (form) => {
      await init();
      const { exitCode, err } = await aosUnheard(
        '-w',
        world,
        ...form,
        'event',
        'send',
        EVENT,
        TICK,
      );
      expect(exitCode).toBe(1);
      expect(err).toContain('error [output-failed]');
      expect(err).toContain('durable as record 0');
      expect(err).not.toMatch(/^\s+at /m);
      expect(await json('-w', world, 'journal', 'head')).toMatchObject({ data: { seq: 0 } });
    },
  );

  it.each([[['status']], [['--help']], [['--version']]])(
    'is told for %j, without a place in our code',
    async (args) => {
      await init();
      const { exitCode, err } = await aosUnheard('-w', world, ...args);
      expect(exitCode).toBe(1);
      expect(err).toMatch(/^error \[output-failed\]: [^\n]*ENOSPC[^\n]*\n$/);
    },
  );

  it('hides no other error', async () => {
    const { exitCode, err } = await aosUnheard('-w', world, 'status', '--json');
    expect(exitCode).toBe(1);
    expect(err).toContain('error [world-not-found]');
    expect(err).toContain('error [output-failed]');
  });
});

describe('text that is not UTF-8', () => {
  it('is no event', async () => {
    await init();
    const file = join(root, 'event.json');
    writeFileSync(file, NOT_UTF8);
    expect(await send(`@${file}`)).toMatchObject(refused('text-not-utf8'));
    expect(await json('-w', world, 'journal', 'head')).toMatchObject({ data: { seq: -1 } });
  });

  it('is no definition, and is not formatted', async () => {
    const from = join(root, 'from');
    cpSync(EXAMPLE, from, { recursive: true });
    const file = join(from, 'air/more.json');
    writeFileSync(file, NOT_UTF8);
    expect(await json('init', world, '--from', from)).toMatchObject(refused('text-not-utf8'));
    expect(await json('air', 'check', from)).toMatchObject(refused('text-not-utf8'));
    expect(await json('air', 'hash', file)).toMatchObject(refused('text-not-utf8'));
    expect(await json('air', 'fmt', from)).toMatchObject(refused('text-not-utf8'));
    expect(new Uint8Array(readFileSync(file))).toEqual(NOT_UTF8);
  });

  it('makes an authoring folder invalid, and its world still answers', async () => {
    await init();
    writeFileSync(join(world, 'air/more.json'), NOT_UTF8);
    expect(await json('-w', world, 'status')).toMatchObject({ data: { authoring: 'invalid' } });
  });
});

describe('making a world from a folder', () => {
  let from = '';
  beforeEach(() => {
    from = join(root, 'from');
    cpSync(EXAMPLE, from, { recursive: true });
  });

  it.each(['air/world', 'world', 'a/b/world'])(
    'is refused within that folder: %s',
    async (place) => {
      const target = join(from, place);
      const answer = await json('init', target, '--from', from);
      expect(answer).toMatchObject(refused('folder-overlap'));
      expect(existsSync(target)).toBe(false);
    },
  );

  it("is refused when the folder stands among the world's files", async () => {
    const inside = join(world, '.aos/from');
    cpSync(EXAMPLE, inside, { recursive: true });
    const answer = await json('init', world, '--from', inside);
    expect(answer).toMatchObject(refused('folder-overlap'));
    expect(readdirSync(world)).toEqual(['.aos']);
  });

  it('leaves no world when the copy fails, and works when asked again', async () => {
    writeFileSync(world, 'a file in the way');
    expect(await json('init', world, '--from', from)).toMatchObject({ ok: false, exitCode: 1 });
    rmSync(world);
    expect(await json('init', world, '--from', from)).toMatchObject({ ok: true });
    expect(readdirSync(world).sort()).toEqual(['.aos', 'air', 'modules']);
    expect(await json('-w', world, 'status')).toMatchObject({ data: { authoring: 'same' } });
  });

  it('leaves no world when the store fails, and works when asked again', async () => {
    mkdirSync(world);
    writeFileSync(join(world, '.aos'), 'a file in the way');
    expect(await json('init', world, '--from', from)).toMatchObject({ ok: false, exitCode: 1 });
    rmSync(join(world, '.aos'));
    expect(await json('init', world, '--from', from)).toMatchObject({ ok: true });
  });

  it.each([[['air']], [['air', 'modules']]])('goes on where it was cut off: %j', async (copied) => {
    for (const name of copied) cpSync(join(from, name), join(world, name), { recursive: true });
    expect(await json('init', world, '--from', from)).toMatchObject({ ok: true });
    expect(await json('-w', world, 'status')).toMatchObject({ data: { authoring: 'same' } });
  });

  it('never changes an authoring folder that is there', async () => {
    cpSync(join(from, 'air'), join(world, 'air'), { recursive: true });
    const file = join(world, 'air/own.json');
    writeFileSync(file, '[]');
    expect(await json('init', world, '--from', from)).toMatchObject(refused('folder-exists'));
    expect(existsSync(join(world, '.aos'))).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe('[]');
  });

  it('takes a link to the directory itself for what it is', async () => {
    symlinkSync(from, join(root, 'link'));
    expect(await json('init', join(root, 'link'), '--from', from)).toMatchObject({ ok: true });
  });
});

describe('a journal that does not replay to itself', () => {
  beforeEach(async () => {
    await init();
    await send('{"Start":{"target":3}}');
    const store = await openWorldStore(join(world, '.aos'), { mode: 'write' });
    const [bytes] = [...store.records(0)] as [Uint8Array];
    const record = decodeRecord(bytes);
    if (!record.ok) throw new Error(record.refusal.detail);
    const forged = { ...record.value, seq: 1, prev: chainOf(bytes) };
    await store.append({ records: [encodeRecord(forged)], objects: [] });
    await store.close();
  });

  it('is a no for programs, with both values as data', async () => {
    const answer = await json('-w', world, 'verify');
    expect(answer).toMatchObject(refused('world-diverged'));
    expect(answer.data).toMatchObject({ same: false, records: 1, difference: { seq: 1 } });
    expect(JSON.stringify(answer.data.difference)).not.toMatch(/"0":/);
  });

  it('is a no for people, with both values', async () => {
    const { exitCode, out, err } = await aos('-w', world, 'verify');
    expect(exitCode).toBe(1);
    expect(out).toContain('replay FAILED');
    expect(err).toContain('error [world-diverged]');
  });

  it('is explained with what replay makes, what the journal has, and why', async () => {
    const { out } = await aos('-w', world, 'verify', '--explain');
    expect(out).toMatch(/record 1, entries\/0 is in the journal/);
    expect(out).toContain('the journal has');
    expect(out).toMatch(/because of 1 .*demo\/CounterEvent@1/);
    expect((await json('-w', world, 'verify')).data.difference.chain).toHaveLength(1);
  });

  it('does not open, and its status says so', async () => {
    expect(await json('-w', world, 'state', 'get', REDUCER)).toMatchObject(
      refused('world-diverged'),
    );
    const { exitCode, err } = await aos('-w', world, 'status');
    expect(exitCode).toBe(0);
    expect(err).toContain('does not open [world-diverged]');
  });
});

describe('the end of a journal', () => {
  const bothSay = async (tail: object) => {
    for (const command of ['status', 'verify']) {
      expect(await json('-w', world, command)).toMatchObject({ ok: true, data: { tail } });
    }
    const { err } = await aos('-w', world, 'verify');
    return err;
  };

  it('is clean after a command', async () => {
    await init();
    await send(TICK);
    expect(await bothSay({ clean: true, ignored_bytes: 0 })).toBe('');
  });

  it('is told while a writer has the world', async () => {
    await init();
    const store = await openWorldStore(join(world, '.aos'), { mode: 'write' });
    expect(await bothSay({ clean: false, ignored_bytes: 0 })).toContain('not closed');
    await store.close();
  });

  it('is told when bytes behind it are ignored', async () => {
    await init();
    await send(TICK);
    const journal = join(world, '.aos/journal');
    const [last] = readdirSync(journal).filter((name) => name.endsWith('.log')) as [string];
    appendFileSync(join(journal, last), 'torn');
    expect(await bothSay({ clean: false, ignored_bytes: 4 })).toContain('4 bytes');
  });
});

describe('what the command line says of itself', () => {
  it('shows its version', async () => {
    const manifest = new URL('../package.json', import.meta.url);
    const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
    expect(await aos('--version')).toMatchObject({ exitCode: 0, out: `${version}\n` });
  });

  it('takes --json for an option only where it is one', async () => {
    const after = await aos('-w', world, 'event', 'send', EVENT, '--', '--json');
    expect(after).toMatchObject({ exitCode: 1, out: '' });
    expect(after.err).toContain('world-not-found');
    const value = await aos('--world', '--json', 'status');
    expect(value).toMatchObject({ exitCode: 1, out: '' });
    expect(await json('status', '--nonsense')).toMatchObject({ error: { code: 'usage' } });
  });

  it('takes an empty AOS_WORLD for none', async () => {
    await init();
    vi.stubEnv('AOS_WORLD', '');
    vi.spyOn(process, 'cwd').mockReturnValue(join(world, 'air'));
    expect(await json('status')).toMatchObject({ data: { world } });
    vi.restoreAllMocks();
  });

  it.each([
    ['a name', (long: string) => ['event', 'send', `demo/${long}@1`, '1']],
    ['a value', (long: string) => ['event', 'send', EVENT, `{"Start":{"${long}":1}}`]],
    ['words', (long: string) => ['event', 'send', EVENT, `{"${long.replaceAll('xx', 'x ')}":1}`]],
    ['no JSON', (long: string) => ['event', 'send', EVENT, long]],
    ['a reducer', (long: string) => ['state', 'get', long]],
    ['a path', (long: string) => ['event', 'send', EVENT, `@${long}`]],
    ['an option', (long: string) => ['status', `--${long}`]],
  ])('cuts what it shows of %s', async (_, args) => {
    await init();
    const long = 'x'.repeat(100_000);
    const { error } = await json('-w', world, ...args(long));
    expect(error.message.length).toBeLessThan(10_000);
    expect(error.at.length).toBeLessThan(6_000);
    const { out, err } = await aos('-w', world, ...args(long));
    expect(out.length + err.length).toBeLessThan(15_000);
  });

  it('cuts no shorter path', async () => {
    const dir = join(root, 'd'.repeat(200));
    const { error } = await json('-w', dir, 'status');
    expect(error.message).toContain(dir);
  });
});

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCli } from '@aos/cli';
import { openWorldStore } from '@aos/store';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const EXAMPLE = fileURLToPath(new URL('../../../examples/00-counter', import.meta.url));
const EVENT = 'demo/CounterEvent@1';
const REDUCER = 'demo/CounterSM@1';

let root = '';
let world = '';
const savedHome = process.env.AOS_HOME;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'aos-cli-'));
  process.env.AOS_HOME = join(root, 'home');
});
afterAll(() => {
  if (savedHome === undefined) delete process.env.AOS_HOME;
  else process.env.AOS_HOME = savedHome;
  rmSync(root, { recursive: true, force: true });
});

async function aos(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const streams = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
  };
  const exitCode = await runCli(args, streams);
  return { exitCode, out: out.join(''), err: err.join('') };
}

/** Runs with --json and returns the one value on standard output. */
async function json(...args: string[]) {
  const { exitCode, out } = await aos('--json', ...args);
  return { exitCode, ...JSON.parse(out) };
}

const inWorld = (...args: string[]) => json('--world', world, ...args);
const send = (value: string, schema = EVENT) => inWorld('event', 'send', schema, value);

let worlds = 0;
beforeEach(async () => {
  world = join(root, `world-${worlds++}`);
  expect(await json('init', world, '--from', EXAMPLE)).toMatchObject({ ok: true });
});

describe('a counter world', () => {
  it('counts, survives every command ending its process, and verifies', async () => {
    expect(await send('{"Start":{"target":3}}')).toMatchObject({ data: { seq: 0, faults: [] } });
    for (let i = 0; i < 3; i++) await send('{"Tick":null}');
    const state = await inWorld('state', 'get', REDUCER);
    expect(state.data.state).toEqual({ pc: { Done: null }, remaining: 0 });
    const head = await inWorld('journal', 'head');
    const verified = await inWorld('verify');
    expect(verified).toMatchObject({ ok: true, exitCode: 0, data: { same: true, records: 4 } });
    expect(verified.data.chain).toBe(head.data.chain);
  });

  it('takes a member event as well as the family', async () => {
    await send('{"target":5}', 'demo/CounterStart@1');
    const { data } = await inWorld('state', 'get', REDUCER);
    expect(data.state).toEqual({ pc: { Counting: null }, remaining: 5 });
  });

  it('keeps integers exact beyond what doubles can hold', async () => {
    await send('{"Start":{"target":18446744073709551615}}');
    const { out } = await aos('--world', world, 'state', 'get', REDUCER);
    expect(out).toContain('18446744073709551615');
  });

  it('shows its records with values in the sugar lens', async () => {
    await send('{"Start":{"target":1}}');
    await send('{"Tick":null}');
    const { data } = await inWorld('journal', 'tail', '--from', '1');
    expect(data.records).toMatchObject([
      {
        seq: 1,
        input: { schema: EVENT, value: { Tick: null } },
        entries: [{ kind: 'state-changed' }],
      },
    ]);
    const { out } = await aos('--world', world, 'journal', 'tail', '-n', '1');
    expect(out).toContain('{"Tick":null}');
  });

  it('reads an event from a file', async () => {
    const file = join(root, 'event.json');
    writeFileSync(file, '{"Start":{"target":2}}');
    expect(await send(`@${file}`)).toMatchObject({ ok: true });
  });

  it('says what it is, and when its authoring folder has drifted', async () => {
    const before = await inWorld('status');
    expect(before.data).toMatchObject({
      head: -1,
      authoring: 'same',
      keys: [{ name: 'operator' }],
    });
    const file = join(world, 'air/schemas.air.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"Idle"', '"Resting"'));
    expect((await inWorld('status')).data.authoring).toBe('differs');
    writeFileSync(file, '{');
    expect((await inWorld('status')).data.authoring).toBe('invalid');
    rmSync(join(world, 'air'), { recursive: true });
    expect((await inWorld('status')).data.authoring).toBe('absent');
    expect(await inWorld('verify')).toMatchObject({ data: { same: true } });
  });
});

describe('bad input', () => {
  const refused = (code: string) => ({ ok: false, exitCode: 1, error: { code } });

  it.each([
    ['json-', EVENT, '{"Tick":'],
    ['value-', EVENT, '{"Start":{"target":-1}}'],
    ['value-', EVENT, '{"Start":{"target":1.0}}'],
    ['value-', EVENT, '{"Nope":null}'],
    ['event-schema-unknown', 'demo/Nope@1', '1'],
    ['file-unreadable', EVENT, '@/nowhere/at/all'],
  ])(
    '%s…: is refused with a code and a message, and nothing is written',
    async (code, schema, value) => {
      const answer = await send(value, schema);
      expect(answer).toMatchObject({ ok: false, exitCode: 1 });
      expect(answer.error.code.startsWith(code)).toBe(true);
      expect(answer.error.message.length).toBeGreaterThan(10);
      expect((await inWorld('journal', 'head')).data.seq).toBe(-1);
      expect(await send('{"Start":{"target":1}}')).toMatchObject({ ok: true });
    },
  );

  it('an unknown reducer is refused and the known ones are named', async () => {
    const answer = await inWorld('state', 'get', 'demo/Nope@1');
    expect(answer).toMatchObject(refused('reducer-unknown'));
    expect(answer.error.message).toContain(REDUCER);
  });

  it('a directory that is not a world is refused with what to do', async () => {
    const answer = await json('--world', root, 'status');
    expect(answer).toMatchObject(refused('world-not-found'));
    expect(answer.error.message).toContain('aos init');
  });

  it('a second writer is refused while the first has the world', async () => {
    const first = await openWorldStore(join(world, '.aos'), { mode: 'write' });
    expect(await send('{"Tick":null}')).toMatchObject(refused('world-locked'));
    expect(await inWorld('status')).toMatchObject({ ok: true });
    await first.close();
    expect(await send('{"Tick":null}')).toMatchObject({ ok: true });
  });

  it('a world is not made over another', async () => {
    expect(await json('init', world, '--from', EXAMPLE)).toMatchObject(refused('world-exists'));
  });

  it('a damaged journal is reported and never served', async () => {
    for (let i = 0; i < 5; i++) await send('{"Start":{"target":9}}');
    const parts = readdirSync(join(world, '.aos/journal'));
    const segment = parts.find((part) => part.endsWith('.log')) as string;
    const file = join(world, '.aos/journal', segment);
    const bytes = readFileSync(file);
    const at = bytes.lastIndexOf('demo/CounterEvent@1', bytes.length - 900);
    bytes[at] = 0x58;
    writeFileSync(file, bytes);
    expect(await inWorld('verify')).toMatchObject(refused('world-damaged'));
    expect(await send('{"Tick":null}')).toMatchObject(refused('world-damaged'));
    expect(readFileSync(file)).toEqual(bytes);
  });

  it('a definition that is not valid makes no world and no key', async () => {
    const folder = join(root, `folder-${worlds++}`);
    cpSync(EXAMPLE, folder, { recursive: true });
    writeFileSync(join(folder, 'air/module.air.json'), '[{"$kind":"defmodule","nome":"x"}]');
    const target = join(root, `target-${worlds++}`);
    const answer = await json('init', target, '--from', folder);
    expect(answer).toMatchObject(refused('air-invalid'));
    expect(readdirSync(root)).not.toContain(target);
  });

  it('a module without the exports it needs makes no world', async () => {
    const folder = join(root, `folder-${worlds++}`);
    cpSync(EXAMPLE, folder, { recursive: true });
    writeFileSync(
      join(folder, `modules/${REDUCER}.wasm`),
      new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]),
    );
    const answer = await json('init', join(root, 'none'), '--from', folder);
    expect(answer).toMatchObject(refused('module-export-missing'));
  });

  it('wrong usage exits with 2 and says how', async () => {
    const { exitCode, err } = await aos('event', 'send');
    expect(exitCode).toBe(2);
    expect(err).toContain('schema');
    expect((await aos('journal', 'tail', '-n', 'x')).exitCode).toBe(2);
    expect((await aos('--help')).exitCode).toBe(0);
    expect(await json('event', 'send')).toMatchObject({ exitCode: 2, error: { code: 'usage' } });
  });
});

/** Whoever looks on sees everything and changes nothing. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseJson } from '@aos/air';
import { toHex } from '@aos/canon';
import {
  auditItem,
  auditLine,
  auditObserver,
  auditPorts,
  auditStream,
  Log,
  type LogLevel,
  logObserver,
  type ObservedWorld,
  WorldMetrics,
  type WorldObserver,
  writePrometheus,
} from '@aos/host';
import { spanObserver } from '@aos/host/spans';
import { trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { charge } from '../test-world/shop.js';
import { liveThrough, openShop } from './observed-shop.js';

type Fields = Record<string, unknown>;

const readLine = (line: string): Fields => {
  const json = parseJson(line);
  if (!json.ok) throw new Error(`${json.refusal.detail}: ${line}`);
  return json.value as Fields;
};

function logTo(lines: string[], level: LogLevel): WorldObserver {
  const write = (line: string) => void lines.push(line);
  return logObserver(new Log({ level, write, nowMs: () => 0 }));
}

async function loggedAt(level: LogLevel): Promise<Fields[]> {
  const lines: string[] = [];
  const world = await openShop([logTo(lines, level)]);
  await liveThrough(world);
  await world.close();
  return lines.map(readLine);
}

describe('observers', () => {
  it('change nothing: with all of them and without, the journal is the same', async () => {
    const nothing = () => undefined;
    const failing: WorldObserver = {
      record: () => {
        throw new Error('a defect');
      },
      opened: () => undefined,
    };
    const tracer = trace.getTracer('test');
    const all = [
      failing,
      logTo([], 'trace'),
      new WorldMetrics(),
      spanObserver({ tracer }),
      auditObserver(nothing),
    ];
    const [plain, observed] = [await openShop(), await openShop(all)];
    for (const world of [plain, observed]) await liveThrough(world);
    expect(toHex(observed.chain)).toBe(toHex(plain.chain));
    expect(observed.records()).toHaveLength(plain.records().length);
    for (const world of [plain, observed]) await world.close();
  });

  it('that throw are told nothing more, and the others everything', async () => {
    const seen: number[] = [];
    let told: unknown;
    const failing: WorldObserver = {
      record: () => {
        throw new Error('a defect');
      },
      failed: (cause) => {
        told = cause;
      },
    };
    const world = await openShop([failing, { record: ({ record }) => void seen.push(record.seq) }]);
    await liveThrough(world);
    expect(seen).toEqual(world.records().map(({ seq }) => seq));
    expect(told).toMatchObject({ message: 'a defect' });
    await world.close();
  });
});

describe('a log', () => {
  it('tells of what people want to know, a line of JSON each', async () => {
    const lines = await loggedAt('info');
    const events = new Set(lines.map(({ event }) => event));
    for (const event of [
      'world-opened',
      'plan-started',
      'plan-ended',
      'effect-asked',
      'effect-settled',
      'effect-started',
      'approval-requested',
      'verb-taken',
      'decision',
      'input-refused',
      'world-closed',
    ]) {
      expect(events).toContain(event);
    }
    expect(lines.every(({ time, world }) => time === '1970-01-01T00:00:00.000Z' && world)).toBe(
      true,
    );
    expect(
      lines.filter(({ level }) => level === 'warn').map(({ event, code }) => [event, code]),
    ).toEqual([
      ['effect-settled', 'pay-declined'],
      ['effect-settled', 'effect-timeout'],
      ['input-refused', 'value-range'],
      ['decision', 'approval-rejected'],
      ['effect-settled', 'approval-rejected'],
      ['plan-ended', 'effect-failed'],
      ['effect-settled', 'effect-timeout'],
      ['effect-settled', 'effect-timeout'],
    ]);
  });

  it('says more with each level, and values at the last one only', async () => {
    const levels = ['error', 'warn', 'info', 'debug', 'trace'] as const;
    const logs = await Promise.all(levels.map(loggedAt));
    const sizes = logs.map(({ length }) => length);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(new Set(sizes).size).toBe(sizes.length);
    const shown = logs.map((lines) => JSON.stringify(lines).includes('secret-value'));
    expect(shown).toEqual([false, false, false, false, true]);
  });
});

describe('metrics', () => {
  it('agree with the journal', async () => {
    const metrics = new WorldMetrics('shop');
    const world = await openShop([metrics]);
    await liveThrough(world);
    const text = writePrometheus([metrics.read()]);
    const numberOf = (sample: string) => {
      const line = text.split('\n').find((each) => each.startsWith(`${sample} `));
      return line === undefined ? undefined : Number(line.slice(sample.length + 1));
    };
    const records = world.records();
    const receipts = records.filter(({ input }) => input.kind === 'receipt').length;
    expect(numberOf('aos_records_total{world="shop",input="receipt"}')).toBe(receipts);
    expect(numberOf('aos_world_records{world="shop"}')).toBe(records.length);
    for (const kind of ['intent', 'settled', 'plan-step', 'decision'] as const) {
      const sample = `aos_entries_total{world="shop",kind="${kind}"}`;
      expect(numberOf(sample), kind).toBe(world.entries(kind).length);
    }
    expect(numberOf('aos_inputs_refused_total{world="shop",code="value-range"}')).toBe(1);
    const starts = '{world="shop",effect="pay.charge",adapter="test.script"}';
    expect(numberOf(`aos_effect_starts_total${starts}`)).toBe(world.effects.calls(charge).length);
    expect(numberOf(`aos_effect_repeats_total${starts}`)).toBe(1);
    const timeouts = '{world="shop",effect="pay.charge",status="timeout"}';
    const code = ',code="effect-timeout"}';
    expect(numberOf(`aos_effects_settled_total${timeouts.replace('}', code)}`)).toBe(3);
    expect(numberOf(`aos_effect_seconds_sum${timeouts}`)).toBe(30);
    expect(numberOf('aos_world_up{world="shop",code=""}')).toBe(1);
    await world.verb({ verb: 'pause' });
    const paused = writePrometheus([metrics.read()]);
    expect(paused).toContain('aos_world_up{world="shop",code="world-paused"} 0\n');
    await world.close();
    expect(writePrometheus([metrics.read()])).toContain('code="world-closed"} 0\n');
  });

  it('of many worlds are one text, each name once', async () => {
    const all = [new WorldMetrics('a'), new WorldMetrics('b"\\\n')];
    for (const metrics of all) await (await openShop([metrics])).close();
    const lines = writePrometheus(all.map((each) => each.read()))
      .split('\n')
      .slice(0, -1);
    const names = lines
      .filter((line) => line.startsWith('# TYPE'))
      .map((line) => line.split(' ')[2]);
    expect(new Set(names).size).toBe(names.length);
    const sample = /^[a-z_]+\{([a-z]+="([^"\\\n]|\\["\\n])*",?)*\} [0-9.e+-]+$/;
    const samples = lines.filter((line) => !line.startsWith('#'));
    expect(samples.filter((line) => !sample.test(line))).toEqual([]);
    let current = '';
    for (const line of lines) {
      if (line.startsWith('# HELP')) current = line.split(' ')[2] ?? '';
      else expect(line.replace('# TYPE ', '').startsWith(current), line).toBe(true);
    }
  });
});

describe('an audit', () => {
  it('says of each record who signed it, in a chain without gaps', async () => {
    const lines: string[] = [];
    const world = await openShop([auditObserver((line) => void lines.push(line))]);
    await liveThrough(world);
    const items = lines.map(readLine) as { chain: string; prev: string; who: Fields | null }[];
    expect(items).toHaveLength(world.records().length);
    expect(items.slice(1).map(({ prev }) => prev)).toEqual(
      items.slice(0, -1).map(({ chain }) => chain),
    );
    const names = items.map(({ who }) => who?.name ?? null);
    expect(new Set(names)).toEqual(new Set([null, 'host', 'approver']));
    expect(lines.join('')).toContain('"decision":"reject"');
    await world.close();
  });

  it('is read from any place, by a reader as slow as he likes, and goes on', async () => {
    let observed: ObservedWorld | undefined;
    const world = await openShop([
      {
        opened: (opened) => {
          observed = opened;
        },
      },
    ]);
    if (observed === undefined) throw new Error('an observer is told of the opening');
    const { now, store } = observed;
    const source = {
      head: () => world.records().length - 1,
      records: (seq: number) => store.records(seq),
      ports: async () => auditPorts(now(), store),
      next: () => liveThrough(world),
    };
    const stop = new AbortController();
    const read: Fields[] = [];
    for await (const item of auditStream(source, { from: 2, follow: true }, stop.signal)) {
      read.push(item as Fields);
      if (item.seq === 5) stop.abort();
    }
    expect(read.map(({ seq }) => seq)).toEqual([2, 3, 4, 5]);
    const ended: unknown[] = [];
    const once = { ...source, next: undefined as never };
    for await (const item of auditStream(once, {}, new AbortController().signal)) ended.push(item);
    expect(ended).toHaveLength(world.records().length);
    const [bytes] = store.records(0);
    const [record] = world.records();
    if (bytes === undefined || record === undefined) throw new Error('there is a record');
    expect(auditLine(auditItem(record, bytes, auditPorts(now(), store)))).toMatch(
      /^\{"v":1,.*\}\n$/,
    );
    await world.close();
  });
});

describe('docs/observing.md', () => {
  const page = readFileSync(
    fileURLToPath(new URL('../../../../docs/observing.md', import.meta.url)),
    'utf8',
  );
  /** Names in the first column of tables. */
  const explained = page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([a-z_-]+)`/g)])
    .map(([, name]) => name ?? '');

  it('explains every metric, and no other', () => {
    const families = new WorldMetrics('w');
    const names = writePrometheus([families.read()]).matchAll(/^# TYPE (\S+)/gm);
    const gauges = explained.filter((name) => name.startsWith('aos_world_'));
    const found = [...names].map(([, name]) => name ?? '');
    expect(explained.filter((name) => name.startsWith('aos_')).sort()).toEqual(
      [...found, ...gauges].sort(),
    );
  });

  it('explains every event of a log', async () => {
    const events = new Set((await loggedAt('trace')).map(({ event }) => String(event)));
    expect([...events].filter((event) => !explained.includes(event))).toEqual([]);
  });
});

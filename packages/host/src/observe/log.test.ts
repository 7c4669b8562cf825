import { AosFault } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { Log, type LogStream, parseLogLevel, writeLines } from './log.js';

function written(use: (log: Log) => void): string[] {
  const lines: string[] = [];
  use(new Log({ level: 'trace', write: (line) => void lines.push(line), nowMs: () => 1 }));
  return lines;
}

describe('a log', () => {
  it('writes one line of JSON, with the time, the level and the event first', () => {
    const lines = written((log) =>
      log.with({ world: 'w' }).write('info', 'some-event', { count: 2n ** 63n, text: 'a\nb' }),
    );
    expect(lines).toEqual([
      '{"time":"1970-01-01T00:00:00.001Z","level":"info","event":"some-event","world":"w",' +
        '"count":9223372036854775808,"text":"a\\nb"}\n',
    ]);
  });

  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  it.each([
    ['bytes', Uint8Array.of(1, 255), '"01ff"'],
    ['a fraction', 0.5, '"0.5"'],
    [
      'a fault',
      new AosFault('some-code', 'why', { retry: 'now' }),
      '{"code":"some-code","message":"why"}',
    ],
    ['another error', new TypeError('what'), '{"code":"TypeError","message":"what"}'],
    ['a function', parseLogLevel, null],
    ['what is within itself', cyclic, null],
  ])('writes %s', (_, value, shown) => {
    const [line = ''] = written((log) => log.write('warn', 'some-event', { value, no: undefined }));
    expect(line).toMatch(/^\{.*\}\n$/);
    if (shown !== null) expect(line).toContain(`"value":${shown}}`);
  });

  it('cuts texts that are too long', () => {
    const [line = ''] = written((log) =>
      log.write('warn', 'some-event', { text: 'x'.repeat(9999) }),
    );
    expect(line.length).toBeLessThan(5000);
  });

  it('does not throw where nobody can be told', () => {
    const log = new Log({
      write: () => {
        throw new Error('the pipe is closed');
      },
    });
    expect(() => log.write('error', 'some-event')).not.toThrow();
  });

  it('has no level of another name', () => {
    expect(parseLogLevel('debug')).toBe('debug');
    expect(() => parseLogLevel('verbose')).toThrow(expect.objectContaining({ code: 'log-level' }));
  });
});

describe('a stream that does not keep up', () => {
  it('loses lines, and is told how many when it goes on', () => {
    const lines: string[] = [];
    const stream = { writableLength: 0, write: (line: string) => void lines.push(line) };
    const write = writeLines(stream satisfies LogStream);
    write('1\n');
    stream.writableLength = 2 ** 21;
    for (const line of ['2\n', '3\n']) write(line);
    stream.writableLength = 0;
    for (const line of ['4\n', '5\n']) write(line);
    expect(lines).toEqual([
      '1\n',
      '{"level":"warn","event":"log-lines-lost","lines":2}\n',
      '4\n',
      '5\n',
    ]);
  });
});

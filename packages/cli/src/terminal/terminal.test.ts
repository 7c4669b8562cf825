import { describe, expect, it } from 'vitest';
import { colourLine, isColoured } from './colours.js';
import { startProgress } from './progress.js';

describe('colours', () => {
  it.each([
    ['on a terminal', true, {}, true],
    ['in a pipe', false, {}, false],
    ['with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['with an empty NO_COLOR', true, { NO_COLOR: '' }, true],
    ['on a dumb terminal', true, { TERM: 'dumb' }, false],
  ])('%s', (_, isTerminal, env, expected) => {
    expect(isColoured({ isTerminal }, env)).toBe(expected);
  });

  it('mark words that say how something stands, and leave values alone', () => {
    expect(colourLine('replay OK  "failed OK"')).toBe('replay \u001b[32mOK\u001b[0m  "failed OK"');
    expect(colourLine('plan 3/1  waiting-receipt')).toContain('\u001b[33mwaiting-receipt');
    expect(colourLine('plain words')).toBe('plain words');
  });
});

describe('progress', () => {
  const told = (times: readonly number[]) => {
    let now = 0;
    let text = '';
    const write = (more: string) => {
      text += more;
    };
    const line = startProgress('verify', write, () => now);
    times.forEach((ms, i) => {
      now = ms;
      line.tell(i, times.length);
    });
    line.end();
    return text;
  };

  it('says nothing of what is soon done', () => expect(told([1, 2, 3])).toBe(''));

  it('is told now and then, and taken away', () => {
    expect(told([500, 510, 700])).toBe(
      '\r\u001b[Kverify: 0 of 3\r\u001b[Kverify: 2 of 3\r\u001b[K',
    );
  });

  it('is silent where nobody looks', () => {
    const line = startProgress('verify', undefined);
    line.tell(1);
    line.end();
  });
});

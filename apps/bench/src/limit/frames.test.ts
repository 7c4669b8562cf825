import { describe, expect, it } from 'vitest';
import {
  type Question,
  RUN,
  readAnswers,
  readQuestions,
  writeAnswers,
  writeQuestion,
} from './frames.js';

const asked: Question[] = [
  { id: 0, kind: RUN, steps: 3, key: '' },
  { id: 4_000_000_000, kind: RUN, steps: 1, key: 'größer' },
];

describe('frames of the bare pipeline', () => {
  it('are read as they were written, wherever they are cut', () => {
    const whole = Buffer.concat(asked.map(writeQuestion));
    for (let cut = 0; cut <= whole.length; cut++) {
      const found: Question[] = [];
      const left = readQuestions(whole.subarray(0, cut), (each) => found.push(each));
      const end = readQuestions(Buffer.concat([left, whole.subarray(cut)]), (each) =>
        found.push(each),
      );
      expect([found, end.length]).toEqual([asked, 0]);
    }
  });

  it('of answers are read whole, and the rest is left', () => {
    const found: (readonly [number, number])[] = [];
    const bytes = writeAnswers([
      [7, 6],
      [8, 1],
    ]);
    const left = readAnswers(bytes.subarray(0, 15), (...each) => found.push(each));
    expect([found, left.length]).toEqual([[[7, 6]], 7]);
  });
});

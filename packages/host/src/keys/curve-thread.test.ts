/** The thread that signs and verifies, and what becomes of questions when it is lost. */
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { type CurveAnswer, type CurveQuestion, CurveThread } from './curve-thread.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const message = (n: number) => Buffer.from(`message ${n}`);

/** Signatures to be made, true ones and forged ones, in turns. */
function question(n: number): CurveQuestion {
  if (n % 3 === 0) return { key: privateKey, message: message(n) };
  const sig = sign(null, message(n % 3 === 1 ? n : n + 1), privateKey);
  return { key: publicKey, message: message(n), sig };
}

function answerTo({ key, message, sig }: CurveQuestion): CurveAnswer {
  return sig === undefined ? sign(null, message, key) : verify(null, message, key, sig);
}

const bytesOf = (answer: CurveAnswer) =>
  answer instanceof Uint8Array ? Buffer.from(answer).toString('hex') : answer;

/** Asks all at once; the answers in the order in which they came. */
async function askAll(thread: CurveThread, questions: readonly CurveQuestion[]) {
  const came: (readonly [number, string | boolean | undefined])[] = [];
  await new Promise<void>((resolve) => {
    for (const [n, each] of questions.entries()) {
      thread.ask(each, (answer) => {
        came.push([n, bytesOf(answer)]);
        if (came.length === questions.length) resolve();
      });
    }
    expect(came).toEqual([]);
  });
  return came;
}

const questions = Array.from({ length: 150 }, (_, n) => question(n));
const expected = questions.map((each, n) => [n, bytesOf(answerTo(each))]);

describe('a thread for curves', () => {
  it('answers in order as this thread would', async () => {
    expect(await askAll(new CurveThread(), questions)).toEqual(expected);
  });

  it('answers what has no answer, and goes on', async () => {
    const { privateKey: other } = generateKeyPairSync('x25519');
    const odd = { key: other, message: message(0) };
    const came = await askAll(new CurveThread(), [odd, question(0)]);
    expect(came).toEqual([
      [0, undefined],
      [1, expected[0]?.[1]],
    ]);
  });

  it('keeps what it was asked, whatever becomes of the bytes', async () => {
    const bytes = message(0);
    const thread = new CurveThread();
    const answer = new Promise<CurveAnswer>((resolve) => {
      thread.ask({ key: privateKey, message: bytes }, resolve);
    });
    bytes.fill(0);
    expect(bytesOf(await answer)).toBe(expected[0]?.[1]);
  });
});

describe('where there is no thread', () => {
  it('nothing is lost that it had not answered, and another is started, a few times', async () => {
    let starts = 0;
    const thread = new CurveThread(() => {
      starts += 1;
      return new Worker("require('node:worker_threads').parentPort.once('message', boom)", {
        eval: true,
      });
    });
    for (let n = 0; n < 5; n++) expect(await askAll(thread, questions)).toEqual(expected);
    expect(starts).toBe(3);
  });

  it('this one answers', async () => {
    const thread = new CurveThread(() => {
      throw new Error('no threads here');
    });
    expect(await askAll(thread, questions)).toEqual(expected);
  });
});

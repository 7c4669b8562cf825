/**
 * Curve arithmetic on a thread of its own, for all worlds that live on this one. It is most of what
 * an effect costs, and would otherwise hold up the steps of worlds.
 *
 * C1 What is asked while batches are away makes up the next: one message each way for many
 *    questions. Two are away at once, so that the thread does not wait for this one.
 * C2 Questions are answered in their order, none before `ask` has returned.
 * C3 What a thread that is lost had not answered is answered here, and so is everything where
 *    threads cannot be had or are lost again and again.
 *
 * Deliberately absent: more threads than one. Whoever needs more of them runs worlds in more.
 */
import { Worker } from 'node:worker_threads';
import {
  answerHere,
  type CurveAnswer,
  type CurveJob,
  type CurveQuestion,
  KeyNumbers,
  PROGRAM,
  readAnswer,
} from './curve-batch.js';

export type { CurveAnswer, CurveQuestion } from './curve-batch.js';

/** More in one message would hold up its own first answers: these take some 3 ms. */
const MAX_BATCH = 32;
const MAX_AWAY = 2;
/** A thread that was lost so often is not started again. */
const MAX_LOSSES = 3;

export class CurveThread {
  #thread: Worker | undefined;
  #keys = new KeyNumbers();
  #losses = 0;
  #isSending = false;
  #waiting: CurveJob[] = [];
  /** In the order in which they were sent. */
  #away: (readonly CurveJob[])[] = [];

  /** `start` is called with the first question or before, and again after a loss. */
  constructor(private readonly start: () => Worker = startThread) {}

  /** Bytes are copied: they may be changed as soon as this returns. */
  ask(question: CurveQuestion, answered: (answer: CurveAnswer) => void): void {
    this.#waiting.push({ question: ownQuestion(question), answered });
    this.#sendSoon();
  }

  /** Something will be asked soon: a thread takes tens of milliseconds to start. */
  prepare(): void {
    this.#reach();
  }

  /** Behind all that is asked in this turn. */
  #sendSoon(): void {
    if (this.#isSending) return;
    this.#isSending = true;
    process.nextTick(() => {
      this.#isSending = false;
      this.#send();
    });
  }

  #send(): void {
    const thread = this.#waiting.length > 0 ? this.#reach() : this.#thread;
    while (this.#away.length < MAX_AWAY && this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      if (thread === undefined) {
        for (const job of batch) answer(job);
        continue;
      }
      if (this.#away.length === 0) thread.ref();
      this.#away.push(batch);
      const request = this.#keys.requestOf(batch.map(({ question }) => question));
      thread.postMessage(request, [request.bytes.buffer as ArrayBuffer]);
    }
  }

  /** The thread; undefined where there is none to be had. */
  #reach(): Worker | undefined {
    if (this.#thread !== undefined || this.#losses >= MAX_LOSSES) return this.#thread;
    try {
      const thread = this.start();
      this.#keys = new KeyNumbers();
      thread.unref();
      thread.on('message', (answers: Uint8Array) => this.#take(thread, answers));
      // an error is followed by the exit
      thread.on('error', () => undefined);
      thread.on('exit', () => this.#lose());
      this.#thread = thread;
    } catch {
      this.#losses = MAX_LOSSES;
    }
    return this.#thread;
  }

  #take(thread: Worker, answers: Uint8Array): void {
    const batch = this.#away.shift();
    // nothing that is under way keeps the process any more
    if (this.#away.length === 0) thread.unref();
    this.#send();
    batch?.forEach(({ answered }, i) => {
      answered(readAnswer(answers, i));
    });
  }

  #lose(): void {
    this.#thread = undefined;
    this.#losses += 1;
    for (const job of this.#away.splice(0).flat()) answer(job);
    this.#sendSoon();
  }
}

export const curveThread = new CurveThread();

/** Its own program only: nothing of the process that it would inherit. */
function startThread(): Worker {
  const options = { ...{ eval: true, stdin: false, name: 'aos-curves' }, env: {}, execArgv: [] };
  return new Worker(PROGRAM, { ...options, resourceLimits: { maxYoungGenerationSizeMb: 4 } });
}

/** Whoever asks may change its bytes. */
function ownQuestion({ key, message, sig, proof }: CurveQuestion): CurveQuestion {
  const own = { key, message: new Uint8Array(message) };
  if (sig !== undefined) return { ...own, sig: new Uint8Array(sig) };
  return proof === undefined ? own : { ...own, proof };
}

function answer({ question, answered }: CurveJob): void {
  answered(answerHere(question));
}

/**
 * Questions about curves on their way to another thread, and what comes back: one array of bytes
 * each way, however many they are. Keys go there once, and by number from then on.
 */
import { type KeyObject, sign, verify } from 'node:crypto';

/**
 * Asks for a signature by `key`, or whether `sig` is one of the message. A signature that is asked
 * for is verified as soon as it is made where `proof` is the key to do that with.
 */
export interface CurveQuestion {
  readonly key: KeyObject;
  readonly message: Uint8Array;
  readonly sig?: Uint8Array;
  readonly proof?: KeyObject;
}

/**
 * A signature, or whether it holds; false also for one that was made and does not hold, undefined
 * where the platform has thrown.
 */
export type CurveAnswer = Uint8Array | boolean | undefined;

export interface CurveJob {
  readonly question: CurveQuestion;
  readonly answered: (answer: CurveAnswer) => void;
}

/** What a thread is sent. */
export interface CurveRequest {
  /** Keys that it has not seen, and whether it may forget those it has. */
  readonly keys: readonly (readonly [number, KeyObject])[];
  readonly isAnew: boolean;
  /** Four numbers each: keys of question and proof, or -1; bytes of the message, of `sig`. */
  readonly heads: readonly number[];
  /** Messages, each followed by its `sig`. */
  readonly bytes: Uint8Array;
}

/** A status byte and a signature. */
const ANSWER_BYTES = 65;
const HEAD_NUMBERS = 4;
/** What an answer begins with. */
const STATUS = { thrown: 0, no: 1, yes: 2, signed: 3 } as const;

/** Text, as it has to be found from the sources as well as from a bundle of them. */
export const PROGRAM = `
const { sign, verify } = require('node:crypto');
const { parentPort } = require('node:worker_threads');
const known = new Map();
const answer = (key, proof, message, sig, target) => {
  if (sig !== undefined) return verify(null, message, key, sig) ? ${STATUS.yes} : ${STATUS.no};
  const made = sign(null, message, key);
  if (proof !== undefined && !verify(null, message, proof, made)) return ${STATUS.no};
  target.set(made, 1);
  return ${STATUS.signed};
};
parentPort.on('message', ({ keys, isAnew, heads, bytes }) => {
  if (isAnew) known.clear();
  for (const [number, key] of keys) known.set(number, key);
  const answers = new Uint8Array((heads.length / ${HEAD_NUMBERS}) * ${ANSWER_BYTES});
  let at = 0;
  for (let i = 0, to = 0; i < heads.length; i += ${HEAD_NUMBERS}, to += ${ANSWER_BYTES}) {
    const [key, proof, length, sigLength] = heads.slice(i, i + ${HEAD_NUMBERS});
    const message = bytes.subarray(at, at + length);
    at += length;
    const sig = sigLength < 0 ? undefined : bytes.subarray(at, at + sigLength);
    at += Math.max(0, sigLength);
    const target = answers.subarray(to, to + ${ANSWER_BYTES});
    try {
      target[0] = answer(known.get(key), known.get(proof), message, sig, target);
    } catch {
      target[0] = ${STATUS.thrown};
    }
  }
  parentPort.postMessage(answers, [answers.buffer]);
});
`;

/** Keys that a thread holds; then it begins anew. */
const MAX_KEYS = 512;

/** Which keys one thread has, by number. */
export class KeyNumbers {
  #numbers = new Map<KeyObject, number>();

  /** A request for these questions, which are copied. */
  requestOf(questions: readonly CurveQuestion[]): CurveRequest {
    const isAnew = this.#numbers.size > MAX_KEYS;
    if (isAnew) this.#numbers = new Map();
    const keys: [number, KeyObject][] = [];
    const heads: number[] = [];
    let sizeBytes = 0;
    for (const { key, proof, message, sig } of questions) {
      heads.push(this.#numberOf(key, keys), proof === undefined ? -1 : this.#numberOf(proof, keys));
      heads.push(message.length, sig === undefined ? -1 : sig.length);
      sizeBytes += message.length + (sig?.length ?? 0);
    }
    const bytes = new Uint8Array(sizeBytes);
    let at = 0;
    for (const { message, sig } of questions) {
      bytes.set(message, at);
      at += message.length;
      if (sig === undefined) continue;
      bytes.set(sig, at);
      at += sig.length;
    }
    return { keys, isAnew, heads, bytes };
  }

  #numberOf(key: KeyObject, added: [number, KeyObject][]): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(key, number);
    added.push([number, key]);
    return number;
  }
}

/** The answer at a place in what came back. */
export function readAnswer(answers: Uint8Array, index: number): CurveAnswer {
  const at = index * ANSWER_BYTES;
  switch (answers[at]) {
    case STATUS.signed:
      return answers.slice(at + 1, at + ANSWER_BYTES);
    case STATUS.yes:
      return true;
    case STATUS.no:
      return false;
    default:
      return undefined;
  }
}

/** The same answer, from this thread. */
export function answerHere({ key, message, sig, proof }: CurveQuestion): CurveAnswer {
  try {
    if (sig !== undefined) return verify(null, message, key, sig);
    const made = new Uint8Array(sign(null, message, key));
    return proof === undefined || verify(null, message, proof, made) ? made : false;
  } catch {
    return undefined;
  }
}

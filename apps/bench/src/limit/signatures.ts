/** Signatures of the bare pipeline: each made and verified on a thread, many by one message. */
import { Worker } from 'node:worker_threads';

/** Bytes of a message that is signed: those of a receipt are about as many. */
export const MESSAGE_BYTES = 256;
const SIGNATURE_BYTES = 64;

const PROGRAM = `
const { generateKeyPairSync, sign, verify } = require('node:crypto');
const { parentPort } = require('node:worker_threads');
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
parentPort.on('message', (messages) => {
  const count = messages.length / ${MESSAGE_BYTES};
  const sigs = new Uint8Array(count * ${SIGNATURE_BYTES});
  for (let i = 0; i < count; i++) {
    const message = messages.subarray(i * ${MESSAGE_BYTES}, (i + 1) * ${MESSAGE_BYTES});
    const sig = sign(null, message, privateKey);
    if (!verify(null, message, publicKey, sig)) throw new Error('a signature does not hold');
    sigs.set(sig, i * ${SIGNATURE_BYTES});
  }
  parentPort.postMessage(sigs, [sigs.buffer]);
});
`;

/** So many are away in one message, and two messages at once. */
const MAX_BATCH = 32;
const MAX_AWAY = 2;

interface Job {
  readonly message: Uint8Array;
  readonly done: (sig: Uint8Array) => void;
}

class SigningThread {
  readonly #thread = new Worker(PROGRAM, { eval: true });
  readonly #waiting: Job[] = [];
  readonly #away: (readonly Job[])[] = [];

  constructor() {
    this.#thread.on('message', (sigs: Uint8Array) => this.#take(sigs));
    this.#thread.unref();
  }

  get load(): number {
    return this.#waiting.length + this.#away.length * MAX_BATCH;
  }

  add(job: Job): void {
    this.#waiting.push(job);
  }

  send(): void {
    while (this.#away.length < MAX_AWAY && this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      const messages = new Uint8Array(batch.length * MESSAGE_BYTES);
      batch.forEach(({ message }, i) => {
        messages.set(message, i * MESSAGE_BYTES);
      });
      this.#away.push(batch);
      this.#thread.postMessage(messages, [messages.buffer]);
    }
  }

  #take(sigs: Uint8Array): void {
    const batch = this.#away.shift() ?? [];
    this.send();
    batch.forEach(({ done }, i) => {
      done(sigs.subarray(i * SIGNATURE_BYTES, (i + 1) * SIGNATURE_BYTES));
    });
  }
}

/** Signatures on so many threads; each goes where least is waiting. */
export class BareSignatures {
  readonly #threads: readonly SigningThread[];

  constructor(threads: number) {
    this.#threads = Array.from({ length: threads }, () => new SigningThread());
  }

  /** `send` has to follow. */
  add(job: Job): void {
    const [first, ...others] = this.#threads;
    others
      .reduce((least, each) => (each.load < (least?.load ?? 0) ? each : least), first)
      ?.add(job);
  }

  send(): void {
    for (const thread of this.#threads) thread.send();
  }
}

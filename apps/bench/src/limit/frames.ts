/** The frames of the bare pipeline: of one length each, but for the key behind a question. */

export const ADD = 1;
export const COUNT = 2;
export const RUN = 3;

/** `size:u32 id:u32 kind:u8 steps:u8 key` */
const QUESTION_HEAD = 10;
/** `id:u32 value:u32` */
const ANSWER_BYTES = 8;

export interface Question {
  readonly id: number;
  readonly kind: number;
  readonly steps: number;
  readonly key: string;
}

export function writeQuestion({ id, kind, steps, key }: Question): Buffer {
  const frame = Buffer.alloc(QUESTION_HEAD + Buffer.byteLength(key));
  frame.writeUInt32LE(frame.length, 0);
  frame.writeUInt32LE(id, 4);
  frame[8] = kind;
  frame[9] = steps;
  frame.write(key, QUESTION_HEAD);
  return frame;
}

/** Calls `take` for each whole question; answers with the bytes of what is left. */
export function readQuestions(bytes: Buffer, take: (question: Question) => void): Buffer {
  let at = 0;
  while (bytes.length - at >= QUESTION_HEAD) {
    const end = at + bytes.readUInt32LE(at);
    if (end > bytes.length) break;
    const id = bytes.readUInt32LE(at + 4);
    const [kind = 0, steps = 0] = [bytes[at + 8], bytes[at + 9]];
    take({ id, kind, steps, key: bytes.toString('utf8', at + QUESTION_HEAD, end) });
    at = end;
  }
  return bytes.subarray(at);
}

/** As {@link readQuestions}, of answers. */
export function readAnswers(bytes: Buffer, take: (id: number, value: number) => void): Buffer {
  let at = 0;
  for (; bytes.length - at >= ANSWER_BYTES; at += ANSWER_BYTES) {
    take(bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4));
  }
  return bytes.subarray(at);
}

export function writeAnswers(answers: readonly (readonly [id: number, value: number])[]): Buffer {
  const bytes = Buffer.allocUnsafe(answers.length * ANSWER_BYTES);
  answers.forEach(([id, value], i) => {
    bytes.writeUInt32LE(id, i * ANSWER_BYTES);
    bytes.writeUInt32LE(value, i * ANSWER_BYTES + 4);
  });
  return bytes;
}

/**
 * The bare pipeline: what a durable workflow of signed steps takes of Node and the machine, and
 * nothing else. For a work of N steps:
 *
 * 1. N+1 records, as long as ours and written by the same codec, each hashed into a chain;
 * 2. N+1 flushes one after the other, each shared by whatever else is under way;
 * 3. N hashes of a payload, N signatures made and N verified, in batches on as many threads as
 *    it is told;
 * 4. one question and one answer over a local socket, many in one write.
 *
 * Deliberately absent: everything that makes it a system. No names, schemas, authority, plans,
 * state, tries, refusals or retries, and nobody reads its log.
 */
import { readFileSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { decode, sha256 } from '@aos/canon';
import { chainOf, decodeRecord, encodeRecord, type JournalRecord } from '@aos/protocol';
import { COUNT, type Question, RUN, readQuestions, writeAnswers } from './limit/frames.js';
import { GroupLog } from './limit/group-log.js';
import { BareSignatures, MESSAGE_BYTES } from './limit/signatures.js';

const [directory = '', threads = '1'] = process.argv.slice(2);

/** Records of each work, by its number of steps. */
const samples = readSamples(readFileSync(join(directory, 'samples')));

const signatures = new BareSignatures(Number(threads));
const answers = new Map<Socket, [id: number, value: number][]>();
const counts = new Map<string, number>();
const log = new GroupLog(join(directory, 'log'), () => {
  signatures.send();
  sendAnswers();
});
let chain: Uint8Array = new Uint8Array(32);
let seq = 0;

interface Work extends Question {
  readonly socket: Socket;
  readonly records: readonly JournalRecord[];
}

function ask(question: Question, socket: Socket): void {
  if (question.kind === COUNT) {
    answer(socket, question.id, counts.get(question.key) ?? 0);
    return;
  }
  advance({ ...question, socket, records: samples.get(question.steps) ?? [] }, 0);
}

/** Writes the next record; once it is durable the step after it is signed, or the work ends. */
function advance(work: Work, done: number): void {
  const record = work.records[done];
  if (record === undefined) throw new Error(`no record ${done} of ${work.steps} steps`);
  const bytes = encodeRecord({ ...record, seq, prev: chain as JournalRecord['prev'] });
  seq += 1;
  chain = chainOf(bytes);
  log.add(bytes, () => {
    if (done === work.steps) end(work);
    else sign(work, done, bytes);
  });
}

function sign(work: Work, done: number, bytes: Uint8Array): void {
  const message = new Uint8Array(MESSAGE_BYTES);
  message.set(sha256(bytes.subarray(0, MESSAGE_BYTES)));
  signatures.add({ message, done: () => advance(work, done + 1) });
}

function end({ kind, key, id, steps, socket }: Work): void {
  if (kind === RUN) {
    answer(socket, id, (steps * (steps + 1)) / 2);
    return;
  }
  counts.set(key, (counts.get(key) ?? 0) + 1);
  answer(socket, id, 1);
}

function answer(socket: Socket, id: number, value: number): void {
  const waiting = answers.get(socket);
  if (waiting === undefined) {
    answers.set(socket, [[id, value]]);
    setImmediate(sendAnswers);
  } else waiting.push([id, value]);
}

function sendAnswers(): void {
  for (const [socket, waiting] of answers) socket.write(writeAnswers(waiting));
  answers.clear();
}

function readSamples(bytes: Uint8Array): ReadonlyMap<number, readonly JournalRecord[]> {
  const found = decode(bytes);
  if (!found.ok || !(found.value instanceof Map)) throw new Error('expected sample records');
  return new Map(
    [...found.value].map(([steps, records]) => [
      Number(steps),
      (records as Uint8Array[]).map((each) => {
        const record = decodeRecord(each);
        if (!record.ok) throw new Error(JSON.stringify(record.refusal));
        return record.value;
      }),
    ]),
  );
}

const server = createServer((socket) => {
  let left: Buffer = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    const all = left.length === 0 ? bytes : Buffer.concat([left, bytes]);
    left = readQuestions(all, (question) => ask(question, socket));
  });
  socket.on('error', () => socket.destroy());
});
const path = join(directory, 'socket');
rmSync(path, { force: true });
server.listen(path, () => process.send?.('ready'));
process.on('message', () => process.exit());
process.on('disconnect', () => process.exit());

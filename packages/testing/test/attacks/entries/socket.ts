/** Whoever reaches the control socket, in both framings, without what it takes. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from '@aos/canon';
import { type ControlPlace, readControlFile } from '@aos/client';
import { ANSWER_LIMITS, MessageReader, MessageWriter } from '@aos/client/wire';
import { Daemon } from '@aos/host';
import { type PlainRecord, type PlainValue, receiptArgs, signedVerbArgs } from '@aos/protocol';
import type { Attack, Met } from '../../../src/attacks/attack.js';
import { FOLLOW_WORLD } from '../follow-world.js';
import { puppets } from '../puppets.js';
import { mallory, Range } from '../range.js';

type Framing = 'json' | 'pack';

/** A client that says whatever it likes, and hears how it ends. */
class Caller {
  readonly heard: PlainRecord[] = [];
  readonly #reader = new MessageReader(ANSWER_LIMITS);
  readonly #writer = new MessageWriter(ANSWER_LIMITS.bytes);
  #look: () => void = () => undefined;
  #isClosed = false;

  constructor(
    private readonly socket: Socket,
    private readonly framing: Framing,
  ) {
    socket.on('data', (chunk: Buffer) => {
      this.#reader.push(chunk);
      for (let next = this.#reader.next(); next !== undefined; next = this.#reader.next()) {
        this.heard.push(next as PlainRecord);
      }
      this.#look();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#isClosed = true;
      this.#look();
    });
  }

  say(message: PlainValue): void {
    this.socket.write(this.#writer.write(message, this.framing));
  }

  write(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** The code of the answer to a request or of the goodbye; none where it went well. */
  async answer(id: number): Promise<Met> {
    const found = () =>
      this.heard.find((message) => message.type === 'goodbye' || message.id === id);
    await new Promise<void>((resolve) => {
      this.#look = () => {
        if (found() !== undefined || this.#isClosed) resolve();
      };
      this.#look();
    });
    const error = found()?.error as { readonly code: string } | undefined;
    if (error !== undefined) return [error.code];
    return this.#isClosed && found() === undefined ? ['closed'] : [];
  }

  end(): void {
    this.socket.destroy();
  }
}

export class SocketRange extends Range {
  readonly #directory = mkdtempSync(join(tmpdir(), 'aos-attack-'));
  readonly #daemon: Daemon;

  private constructor() {
    super(FOLLOW_WORLD, { kinds: ['ask', 'pay'], held: ['ask'], counted: ['pay'] });
    const { store, host } = this;
    this.#daemon = new Daemon({
      openHost: async (directory) => ({
        host,
        control: { store, engine: puppets, directory, tail: { cutBytes: 0, reason: '' } as never },
        close: () => host.close(),
      }),
    });
  }

  static async open(): Promise<SocketRange> {
    const range = new SocketRange();
    mkdirSync(join(range.#directory, '.aos'));
    await range.#daemon.serve(range.#directory);
    return range;
  }

  get place(): ControlPlace {
    return readControlFile(this.#directory);
  }

  async call(framing: Framing): Promise<Caller> {
    const socket = connect(this.place.path);
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    return new Caller(socket, framing);
  }

  /** Greets, asks, and answers with what met it. */
  async ask(framing: Framing, request: object, hello: object = {}): Promise<Met> {
    const caller = await this.call(framing);
    const { token, world } = this.place;
    caller.say({ type: 'hello', v: 1, token, world, ...hello });
    caller.say({ type: 'request', id: 1, ...request } as PlainRecord);
    const met = await caller.answer(1);
    caller.end();
    return met;
  }

  /** Asks without greeting. */
  async askRudely(framing: Framing, request: object): Promise<Met> {
    const caller = await this.call(framing);
    caller.say({ type: 'request', id: 1, ...request } as PlainRecord);
    const met = await caller.answer(1);
    caller.end();
    return met;
  }

  override async close(): Promise<boolean> {
    this.counter.release();
    await this.#daemon.close();
    const isSame = await super.close();
    rmSync(this.#directory, { recursive: true });
    return isSame;
  }
}

const GO = {
  verb: 'event.send',
  args: { schema: 'x/Approved@1', cbor: encode({ n: 1 }), wait: 'durable' },
};
const sent = (schema: string, value: unknown): object => {
  return { verb: 'event.send', args: { schema, cbor: encode(value as never) } };
};

const DONE = { $tag: 'Done', $value: { intent_hash: `sha256:${'0'.repeat(64)}` } };

async function forgedReceipt(range: SocketRange): Promise<object> {
  await range.event('x/Order@1', { n: 1 });
  const payload = encode({ n: 9, answer: new Uint8Array() });
  const receipt = await range.receipt(await range.lastIntent(), { by: mallory, payload });
  return { verb: 'receipt.send', args: receiptArgs(receipt) };
}

async function forgedVerb(range: SocketRange): Promise<object> {
  const verb = await range.signed({ verb: 'halt', code: 'mine' }, mallory);
  return { verb: 'verb.send', args: signedVerbArgs(verb as never) };
}

async function strangeApply(range: SocketRange): Promise<object> {
  const signed = await range.signed({ verb: 'apply', proposal: 0 });
  const { verb: _, ...args } = signedVerbArgs(signed as never);
  return { verb: 'governance.apply', args };
}

/** Without a hello, or with half of one. */
const raw = (bytes: Uint8Array) => async (range: SocketRange, framing: Framing) => {
  const caller = await range.call(framing);
  caller.write(bytes);
  const met = await caller.answer(1);
  caller.end();
  return met;
};

type Try = (range: SocketRange, framing: Framing) => Promise<Met>;

const TRIES: readonly (readonly [attempt: string, code: string, act: Try])[] = [
  [
    'has another token',
    'control-token',
    (range, framing) => range.ask(framing, GO, { token: '0'.repeat(64) }),
  ],
  ['has no token', 'control-token', (range, framing) => range.ask(framing, GO, { token: '' })],
  [
    'means another world',
    'control-world',
    (range, framing) => range.ask(framing, GO, { world: `sha256:${'0'.repeat(64)}` }),
  ],
  [
    'speaks another version',
    'control-version',
    (range, framing) => range.ask(framing, GO, { v: 2 }),
  ],
  ['asks before it greets', 'control-hello', (range, framing) => range.askRudely(framing, GO)],
  [
    'sends an event that only the kernel makes',
    'value-missing-field',
    (range, framing) => range.ask(framing, sent('x/Event@1', DONE)),
  ],
  [
    'sends an event that is none of its schema',
    'value-type',
    (range, framing) => range.ask(framing, sent('x/Approved@1', { n: 'one' })),
  ],
  [
    'sends a receipt of a key of nobody',
    'receipt-key',
    async (range, framing) => range.ask(framing, await forgedReceipt(range)),
  ],
  [
    'sends a verb of a key of nobody',
    'verb-key',
    async (range, framing) => range.ask(framing, await forgedVerb(range)),
  ],
  [
    'applies what nobody proposed',
    'proposal-unknown',
    async (range, framing) => range.ask(framing, await strangeApply(range)),
  ],
  [
    'asks for a verb that is not there',
    'control-verb',
    (range, framing) => range.ask(framing, { verb: 'effect.start', args: {} }),
  ],
  [
    'gives an argument more',
    'control-args',
    (range, framing) =>
      range.ask(framing, { verb: 'event.send', args: { ...GO.args, as: 'host' } }),
  ],
  [
    'says that it will send four gigabytes',
    'control-too-large',
    raw(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x80)),
  ],
];

export const SOCKET_ENTRIES: readonly (readonly [
  entry: string,
  attacks: readonly Attack<SocketRange>[],
])[] = (['json', 'pack'] as const).map((framing) => [
  framing === 'json' ? 'socket, lines' : 'socket, MessagePack',
  TRIES.map(
    ([attempt, code, act]): Attack<SocketRange> => ({
      attempt,
      code,
      act: (range) => act(range, framing),
      twin: (range) => range.ask(framing, GO),
    }),
  ),
]);

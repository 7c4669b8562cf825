/**
 * The socket of a living world: what a stranger, or somebody with the token, may say to it.
 *
 * Whatever comes in, the daemon meets no defect and another client is answered; all that is said is
 * messages, and errors have codes; the world goes on, verifies and opens again.
 */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode, sha256, utf8 } from '@aos/canon';
import { type ControlFile, connectWorld, readControlFile, type WorldClient } from '@aos/client';
import { ANSWER_LIMITS, type Framing, MessageReader, MessageWriter } from '@aos/client/wire';
import { Daemon, type DaemonEvent, type HostEngine, openWorldHost, verifyWorld } from '@aos/host';
import {
  CONTROL_STREAMS,
  CONTROL_VERBS,
  CONTROL_VERSION,
  type PlainRecord,
  type PlainValue,
  parseServerMessage,
} from '@aos/protocol';
import { createMemoryStore, openMemoryStore } from '@aos/store';
import { type FuzzTarget, holds } from '@aos/testing/fuzz';
import { puppetEngine, puppetHash } from '../../golden/puppet.js';
import { isExplained } from '../codes.js';
import { begin } from '../golden-life.js';
import { jsonTokens, texts } from '../tokens.js';

/** Worlds that were told much are let go of: none grows without bound, none is far from new. */
const MAX_RECORDS = 24;
const HASH = '0a'.repeat(32);

const engine: HostEngine = {
  ...puppetEngine,
  load: (bytes) => ({ ok: true, value: sha256(bytes) }),
};

interface Stage {
  readonly store: ReturnType<typeof createMemoryStore>;
  readonly daemon: Daemon;
  readonly events: DaemonEvent[];
  readonly place: ControlFile;
  readonly client: WorldClient;
}

let folder: string | undefined;
let stage: Promise<Stage> | undefined;

async function open(): Promise<Stage> {
  folder ??= mkdtempSync(join(tmpdir(), 'aos-fuzz-'));
  mkdirSync(join(folder, '.aos'), { recursive: true });
  const { recording } = begin('keyed');
  const nodes = [...recording.definition.nodes.values()];
  const names = ['p/Keyed@1', 'p/Plain@1'].map((name) => ({
    hash: puppetHash(name),
    bytes: utf8(`puppet ${name}`),
  }));
  const store = createMemoryStore(recording.genesis, [
    ...nodes.map((bytes) => ({ hash: sha256(bytes), bytes })),
    ...names,
  ]);
  const events: DaemonEvent[] = [];
  const daemon = new Daemon({
    openHost: async (directory) => {
      const host = openWorldHost({ store, engine, cryptoThreads: 'none' });
      return { host, control: { store, engine, directory }, close: () => host.close() };
    },
    onEvent: (event) => events.push(event),
  });
  await daemon.serve(folder);
  const place = readControlFile(folder);
  return { store, daemon, events, place, client: await connectWorld(folder) };
}

async function leave({ daemon, client, events, store }: Stage): Promise<void> {
  stage = undefined;
  await client.close();
  await daemon.close();
  const again = openWorldHost({ store: openMemoryStore(store), engine, cryptoThreads: 'none' });
  await again.close();
  const told = events.filter(({ kind }) => kind === 'defect');
  holds(told.length === 0, 'a daemon meets no defect', () => String(told[0]));
}

const writer = new MessageWriter(ANSWER_LIMITS.bytes);
const requests: readonly PlainRecord[] = [
  ...[...CONTROL_VERBS, ...CONTROL_STREAMS]
    .filter((verb) => verb !== 'shutdown')
    .map((verb, id) => ({ type: 'request', id, verb, args: {} })),
  ...(
    [
      ['state.get', { reducer: 'p/Plain@1' }],
      ['state.get', { reducer: 'p/Keyed@1', key: 'a', at: 'exact:0' }],
      ['cells.list', { reducer: 'p/Keyed@1', prefix: 'a', limit: 2 }],
      [
        'event.send',
        { schema: 'p/Do@1', json: '{"id":"a","answer":"","fault":null}', wait: 'durable' },
      ],
      ['event.send', { schema: 'p/Order@1', value: { id: 'a', n: 1 }, dedup: 'd' }],
      ['blob.get', { hash: HASH, offset: 1, length: 2 }],
      ['blob.put', { bytes: new Uint8Array(3) }],
      ['why', { kind: 'state', target: 'p/Plain@1', subject: 'p/Plain@1' }],
      ['definition.get', { name: 'p/Plain@1' }],
      ['journal.tail', { from: 0, follow: true }],
      [
        'verb.send',
        {
          verb: 'pause',
          args: encode({}),
          nonce: new Uint8Array(16),
          key_id: HASH,
          sig: new Uint8Array(64),
        },
      ],
      ['plan.start', { plan: 'p/pay@1', value: { id: 'a', n: 1 } }],
    ] as const
  ).map(([verb, args], id) => ({ type: 'request', id, verb, args: args as unknown as PlainValue })),
  { type: 'pull', id: 1, count: 5 },
  { type: 'cancel', id: 1 },
];

/** First a byte: whether a hello goes before it, and in which framing. */
export const target: FuzzTarget = {
  name: 'control',
  limitMs: 8000,
  tokens: [
    ...jsonTokens,
    ...texts(
      ...CONTROL_VERBS.filter((verb) => verb !== 'shutdown'),
      'args',
      'credit',
      'timeout_ms',
    ),
    ...texts('exact:0', 'at_least:9', 'p/Plain@1', 'p/Do@1', 'head', '"$bytes":"AAAA"'),
  ],
  seeds: () =>
    requests.flatMap((request) => [
      Uint8Array.of(0, ...writer.write(request, 'pack')),
      Uint8Array.of(1, ...writer.write(request, 'json')),
    ]),
  async run(bytes) {
    stage ??= open();
    const opened = await stage;
    const { place, client, store, events } = opened;
    const framing: Framing = ((bytes[0] ?? 0) & 1) === 0 ? 'pack' : 'json';
    const hello = { type: 'hello', v: CONTROL_VERSION, token: place.token, world: place.world };
    const isKnown = ((bytes[0] ?? 0) & 2) === 0;
    const greeting = isKnown ? writer.write(hello, framing) : Buffer.alloc(0);
    const { head } = store;
    const said = await say(place.path, Buffer.concat([greeting, bytes.subarray(1)]), client);
    for (const message of said) checkMessage(message);
    const defect = events.find(({ kind }) => kind === 'defect');
    holds(defect === undefined, 'a daemon meets no defect', () => causeOf(defect));
    if (events.some(({ kind }) => kind === 'closed')) stage = undefined;
    else if (store.head >= MAX_RECORDS) await leave(opened);
    if (store.head > head) holds(verifyWorld(store, engine).ok, 'the world verifies');
  },
  async close() {
    if (stage !== undefined) await leave(await stage);
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  },
};

const causeOf = (event: DaemonEvent | undefined) => {
  const { cause } = (event ?? {}) as { readonly cause?: Error };
  return cause?.stack ?? '';
};

/** Says it, waits until another client was answered twice, and goes. */
async function say(path: string, bytes: Buffer, other: WorldClient): Promise<PlainValue[]> {
  const socket: Socket = createConnection(path);
  const reader = new MessageReader(ANSWER_LIMITS);
  const heard: PlainValue[] = [];
  socket.on('data', (chunk: Buffer) => reader.push(chunk));
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(bytes);
  for (let i = 0; i < 2; i++) {
    const status = await other.call('status', {});
    holds(status.ok, 'another client is answered');
  }
  socket.destroy();
  await closed;
  for (let next = reader.next(); next !== undefined; next = reader.next()) heard.push(next);
  return heard;
}

function checkMessage(value: PlainValue): void {
  const message = parseServerMessage(value);
  holds(message.ok, 'what is said is a message');
  const { error } = message.value as { readonly error?: { code: string; kind: string } | null };
  if (error === undefined || error === null) return;
  isExplained(error.code);
  holds(error.kind !== 'defect', 'no error is a defect', () => error.code);
}

/** Our own system: a daemon, and a client at its control socket. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Encodable, encode } from '@aos/canon';
import { connectWorld, type WorldClient } from '@aos/client';
import type { SendResult, WaitLevel, WorldAccess } from '@aos/protocol';
import { createWorldStore } from '@aos/store';
import { ADD, foundSide, REDUCER, workSchema } from './aos-world.js';
import { endOf, PlanResults } from './plan-results.js';
import { killTree, startNode, stopNode } from './processes.js';
import type { Founded, Running, System } from './system.js';

/** Beside the program as it is built. */
const PROGRAM = fileURLToPath(new URL('./side-process.js', import.meta.url));

export const aos: System = {
  name: 'aos',
  keeps: true,
  facts: {
    packages: [],
    durability: 'journal flushed (fdatasync) before an answer; receipts signed and verified',
    client: 'control socket (@aos/client, MessagePack), one connection',
  },
  found,
};

async function found(directory: string): Promise<Founded> {
  const data = join(directory, 'world');
  mkdirSync(data);
  const { genesis, objects } = await foundSide(data);
  const store = await createWorldStore(join(data, '.aos'), genesis, objects);
  await store.close();
  const begun = new Map<string, number>();
  const start = async () => {
    const child = await startNode(PROGRAM, [data]);
    const client = await connectWorld(data);
    const running = overSocket(client, begun, {
      pids: [child.pid ?? 0],
      stop: () => stopNode(child),
      kill: () => killTree(child),
    });
    await running.add('first');
    return running;
  };
  return { data, start };
}

/** `begun`: records that workflows began with, by id; what a client has to keep. */
function overSocket(
  client: WorldClient,
  begun: Map<string, number>,
  ends: Pick<Running, 'pids' | 'stop' | 'kill'>,
): Running {
  const results = new PlanResults();
  const seqs = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, i) => begun.get(`${prefix}${i}`) ?? -1);
  let isFollowing = false;
  const follow = () => {
    if (!isFollowing) void tail(client, results).catch((error) => results.fail(error));
    isFollowing = true;
  };
  return {
    pids: ends.pids,
    add: async (id) => {
      await sendEvent(client, ADD, { id });
    },
    count: (key) => countOf(client, key),
    run: async (_id, steps) => {
      const { ends } = await sendEvent(client, workSchema(steps), { ms: 0 }, 'ended');
      return Number(ends?.plans[0]?.value);
    },
    begin: async (id, ms) => {
      const { ack } = await sendEvent(client, workSchema(3), { ms });
      if (ack !== null) begun.set(id, ack.seq);
    },
    finished: async (prefix, count) => {
      const ended = await endedSeqs(client);
      return seqs(prefix, count).filter((seq) => ended.has(seq)).length;
    },
    untilFinished: async (prefix, count) => {
      follow();
      const sums = await Promise.all(seqs(prefix, count).map((seq) => results.of(seq)));
      if (sums.some((sum) => sum !== 6)) throw new Error('a workflow has a wrong result');
    },
    stop: async () => {
      await client.close();
      await ends.stop();
    },
    kill: async () => {
      await ends.kill();
      await client.close();
    },
  };
}

/** Sends an event, and waits until it is durable, or what it started has ended. */
async function sendEvent(
  client: WorldClient,
  schema: string,
  value: Encodable,
  wait: WaitLevel = 'durable',
): Promise<SendResult> {
  const answer = await client.call('event.send', { schema, cbor: encode(value), wait });
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal));
  const { ack } = answer.value;
  if (ack === null || ack.faults.length > 0) throw new Error('an event was not taken');
  return answer.value;
}

const ENDS = ['plan-result', 'plan-ended'];

/** Follows the whole journal, and on. */
async function tail(client: WorldClient, results: PlanResults): Promise<void> {
  const items = client.stream('journal.tail', { from: 0, follow: true, kinds: ENDS });
  for await (const { entries } of items) for (const entry of entries) results.take(endOf(entry));
}

/** The count of a key, by whatever way to the world. */
export async function countOf(access: WorldAccess, key: string): Promise<number> {
  const answer = await access.call('state.get', { reducer: REDUCER, key });
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal));
  const state = answer.value.state as { readonly n?: number } | null;
  return Number(state?.n ?? 0);
}

async function endedSeqs(client: WorldClient): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  for await (const { entries } of client.stream('journal.tail', { from: 0, kinds: ENDS })) {
    for (const entry of entries) {
      const end = endOf(entry);
      if (end.status === 'ok') found.add(end.seq);
    }
  }
  return found;
}

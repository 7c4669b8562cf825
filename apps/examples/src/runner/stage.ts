/** What a story acts on: a living world, servers around it, and a place to say things. */
import { isDeepStrictEqual } from 'node:util';
import { parseHashText } from '@aos/canon';
import { ensureKey, type Signer, signVerb } from '@aos/host';
import {
  type AckShape,
  type ControlArgs,
  type ControlResult,
  type ControlVerb,
  signedVerbArgs,
  type Verb,
} from '@aos/protocol';
import type { ExampleWorld } from './example-world.js';
import { type Answer, type Loopback, serve } from './loopback.js';
import type { Print } from './print.js';
import { runAos } from './run-aos.js';
import type { LiveWorld, WorldPlace } from './world-place.js';

/** Opens a world, here or elsewhere. */
export type OpenWorld = (place: WorldPlace) => Promise<LiveWorld>;

export class Stage {
  readonly #servers: Loopback[] = [];
  /** Sequences of the events that were sent. */
  readonly #sent: number[] = [];

  readonly print: Print;
  /** Decides what a story leaves to chance. */
  readonly seed: number;
  /** The world, as soon as it was asked for something. */
  #opened: Promise<LiveWorld> | undefined;

  constructor(
    private readonly world: ExampleWorld,
    private readonly open: OpenWorld,
    { print, seed }: { readonly print: Print; readonly seed: number },
  ) {
    this.print = print;
    this.seed = seed;
  }

  /** Asks the world something, and insists on an answer. */
  async ask<V extends ControlVerb>(verb: V, args: ControlArgs<V>): Promise<ControlResult<V>> {
    const answer = await (await this.#live()).access.call(verb, args);
    if (answer.ok) return answer.value;
    const { code, detail } = answer.refusal;
    throw new Error(`${verb} was refused, ${code}: ${detail}`);
  }

  /** The code with which the world refuses. */
  async refusalOf<V extends ControlVerb>(verb: V, args: ControlArgs<V>): Promise<string> {
    const answer = await (await this.#live()).access.call(verb, args);
    if (!answer.ok) return answer.refusal.code;
    throw new Error(`${verb} was not refused`);
  }

  /** The key of somebody, made when it is first needed. */
  signer(name: string): Signer {
    return ensureKey(this.world.place.aosHome, name);
  }

  /** What somebody says to this world as it is now. */
  async sign(name: string, says: Verb): Promise<ControlArgs<'verb.send'>> {
    const { world_id, live } = await this.ask('status', {});
    const worldId = parseHashText(world_id);
    if (!worldId.ok || live === null) throw new Error('the world is closed');
    const place = { worldId: worldId.value, epoch: live.epoch };
    return signedVerbArgs(signVerb(this.signer(name), place, says));
  }

  /** Sends an event. When this resolves it is on disk. */
  async send(schema: string, value: object): Promise<AckShape> {
    const { ack } = await this.ask('event.send', { schema, json: JSON.stringify(value) });
    if (ack === null) throw new Error(`${schema} was sent and not acknowledged`);
    this.#sent.push(ack.seq);
    return ack;
  }

  /** The state of a reducer, or of the cell of a key. */
  async state<T>(reducer: string, key?: string): Promise<T> {
    const { state } = await this.ask('state.get', { reducer, ...(key && { key }) });
    return state as T;
  }

  /** Waits until nothing is left to do, and insists that all that was sent came to a good end. */
  async settle(): Promise<void> {
    const { blockers } = await this.ask('quiesce', { timers: 'wait' });
    if (blockers.length > 0) throw new Error(`the world still waits for ${show(blockers)}`);
    for (const seq of this.#sent) {
      const { standing, code } = await this.ask('trace', { what: String(seq) });
      if (standing !== 'completed') throw new Error(`event ${seq} is ${standing}: ${code}`);
    }
  }

  /** Waits until something is so: looks again whenever the journal has grown. */
  async until(holds: () => Promise<boolean>): Promise<void> {
    if (await holds()) return;
    const { seq } = await this.ask('journal.head', {});
    const { access } = await this.#live();
    const from = Math.max(0, seq - 1);
    for await (const _ of access.stream('journal.tail', { from, follow: true })) {
      if (await holds()) return;
    }
  }

  /** The events that the world itself raised, in the order of its journal. */
  async *raised(): AsyncIterable<{ readonly schema: string; readonly value: unknown }> {
    const kinds = ['domain-event'];
    const { access } = await this.#live();
    for await (const { entries } of access.stream('journal.tail', { from: 0, kinds })) {
      for (const { schema, value } of entries) yield { schema: String(schema), value };
    }
  }

  /** When a record was made, in time of the world. */
  async logicalTimeOf(seq: number): Promise<number> {
    const { access } = await this.#live();
    for await (const record of access.stream('journal.tail', { from: seq })) {
      if (record.seq === seq) return Number(record.stamp.logical_now_ns);
    }
    throw new Error(`there is no record ${seq}`);
  }

  /** The text of a blob of the world. */
  async blobText(hash: string | null): Promise<string> {
    const { bytes } = await this.ask('blob.get', { hash: hash ?? '' });
    return new TextDecoder().decode(bytes);
  }

  /** Puts a secret where the host finds it, and nobody else. */
  keepSecret(name: string, value: string): Promise<void> {
    return this.world.keepSecret(name, value);
  }

  /** What whoever runs worlds here has decided for all of them. */
  configure(settings: object): Promise<void> {
    return this.world.configure(settings);
  }

  /** Runs the command `aos` about this world, and gives what it tells with `--json`. */
  aos<T>(...args: readonly string[]): Promise<T> {
    return runAos<T>(this.world.place, ...args);
  }

  /** Whether any file of the world holds this text. */
  isInFiles(text: string): Promise<boolean> {
    return this.world.holds(text);
  }

  /** Starts a server that lives as long as the stage. */
  async serve(answer: Answer): Promise<Loopback> {
    const server = await serve(answer);
    this.#servers.push(server);
    return server;
  }

  /** How many requests the servers have seen. */
  get requests(): number {
    return this.#servers.reduce((count, { requests }) => count + requests.length, 0);
  }

  /** Closes the world and opens it again from its files. */
  async reopen(): Promise<void> {
    await (await this.#live()).close();
    this.#opened = this.open(this.world.place);
    await this.#opened;
  }

  /** Opens the world when it is first asked for: what it finds is to be set up before. */
  #live(): Promise<LiveWorld> {
    this.#opened ??= this.open(this.world.place).then((live) => {
      if (live.home !== undefined) this.print(`the world lives in ${live.home}`);
      return live;
    });
    return this.#opened;
  }

  async close(): Promise<void> {
    try {
      await (await this.#opened)?.close();
    } finally {
      for (const server of this.#servers) await server.close();
    }
  }
}

/** Insists that a story came out as it should. */
export function expectEqual(found: unknown, expected: unknown): void {
  if (isDeepStrictEqual(found, expected)) return;
  throw new Error(`expected ${show(expected)}, found ${show(found)}`);
}

/** The tag of a variant in the sugar lens. */
export const tagOf = (variant: object): string => Object.keys(variant)[0] ?? '';

const show = (value: unknown): string =>
  JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}` : inner));

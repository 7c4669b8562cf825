/** What a story acts on: a living world, servers around it, and a place to say things. */
import { isDeepStrictEqual } from 'node:util';
import { parseJson, type WorldDefinition } from '@aos/air';
import { parseHashText } from '@aos/canon';
import { type Ack, WorldBlobs } from '@aos/host';

import { troubleOf } from './evidence.js';
import type { ExampleWorld, OpenedWorld } from './example-world.js';
import { type Answer, type Loopback, serve } from './loopback.js';
import type { Print } from './print.js';

type Reducer = WorldDefinition['reducers'][number];

export class Stage {
  readonly #servers: Loopback[] = [];

  private constructor(
    private readonly world: ExampleWorld,
    private opened: OpenedWorld,
    readonly print: Print,
  ) {}

  static async open(world: ExampleWorld, print: Print): Promise<Stage> {
    return new Stage(world, await world.open(), print);
  }

  /** Sends an event, given in the sugar lens, and insists that no reducer faulted on it. */
  async send(schema: string, value: unknown): Promise<Ack> {
    const json = parseJson(JSON.stringify(value));
    if (!json.ok) throw new Error(json.refusal.detail);
    const answer = await this.opened.host.submit({ schema, json: json.value });
    if (!answer.ok) throw new Error(`${answer.refusal.code}: ${answer.refusal.detail}`);
    const [fault] = answer.value.faults;
    if (fault !== undefined) throw new Error(`${fault.reducer} faulted with ${fault.code}`);
    return answer.value;
  }

  /** The state of a reducer without keys, in the sugar lens. */
  state<T>(reducer: string): Promise<T> {
    return this.opened.host.read(({ program, cells }) => {
      const { reducers } = program.definition;
      const index = reducers.findIndex(({ name }) => name === reducer);
      const [definition, table] = [reducers[index] as Reducer | undefined, cells[index]];
      if (definition === undefined) throw new Error(`the world has no reducer ${reducer}`);
      const cell = table?.kind === 'single' ? table.cell : null;
      const json = cell && definition.state.toJson(cell.state);
      return (json?.ok ? json.value : null) as T;
    });
  }

  /** Waits until the world, timers included, has nothing left to do, and all of it went well. */
  async untilQuiescent(): Promise<void> {
    const { host, store } = this.opened;
    const { blockers } = await host.untilQuiescent({ timers: 'wait' });
    if (blockers.length > 0) throw new Error(`the world still waits for ${show(blockers)}`);
    const trouble = troubleOf(store);
    if (trouble.length > 0) throw new Error(trouble.join('; '));
  }

  /** The text of a blob of the world. */
  async blobText(ref: string | null): Promise<string> {
    const hash = parseHashText(ref ?? '');
    if (!hash.ok) throw new Error(`expected the hash of a blob, found ${ref}`);
    const { store } = this.opened;
    const write = () => Promise.reject(new Error('a story only reads blobs'));
    const chunks = await new WorldBlobs({ read: (of) => store.object(of), write }).get(hash.value);
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of chunks ?? []) text += decoder.decode(chunk, { stream: true });
    return text;
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
    await this.opened.close();
    this.opened = await this.world.open();
  }

  async close(): Promise<void> {
    await this.opened.close();
    for (const server of this.#servers) await server.close();
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

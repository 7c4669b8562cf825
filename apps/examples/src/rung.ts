/** A rung of the ladder: a small world with a story that ends in a replay check. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseJson, type WorldDefinition } from '@aos/air';
import { type Hash, toHashText } from '@aos/canon';
import {
  type Ack,
  foundWorld,
  openWorldHost,
  readAuthoringFolder,
  systemClock,
  systemEntropy,
  verifyWorld,
  type WorldHost,
} from '@aos/host';
import { createWorldStore, openWorldStore } from '@aos/store';
import { WasmEngine } from '@aos/wasm';

export interface Rung {
  readonly slug: string;
  readonly title: string;
  /** Folder below `examples/`. */
  readonly folder: string;
  /** Plays the story; returns the reducer whose state the replay check shows. */
  play(stage: Stage): Promise<string>;
}

export type Print = (line: string) => void;

type Reducer = WorldDefinition['reducers'][number];

/** What a rung acts on: a living world and a place to say things. */
class Stage {
  constructor(
    private readonly host: WorldHost,
    readonly print: Print,
  ) {}

  /** Sends an event and insists that no reducer faulted on it. */
  async send(schema: string, json: string): Promise<Ack> {
    const value = parseJson(json);
    if (!value.ok) throw new Error(value.refusal.detail);
    const answer = await this.host.submit({ schema, json: value.value });
    if (!answer.ok) throw new Error(`${answer.refusal.code}: ${answer.refusal.detail}`);
    const [fault] = answer.value.faults;
    if (fault !== undefined) throw new Error(`${fault.reducer} faulted with ${fault.code}`);
    return answer.value;
  }

  /** The state of a reducer without keys, in the sugar lens. */
  state(reducer: string): Promise<unknown> {
    return this.#read(reducer, (cell, definition) => {
      const json = cell && definition.state.toJson(cell.state);
      return json?.ok ? json.value : null;
    });
  }

  stateHash(reducer: string): Promise<Hash | undefined> {
    return this.#read(reducer, (cell) => cell?.hash);
  }

  #read<T>(
    name: string,
    use: (cell: { readonly state: Uint8Array; readonly hash: Hash } | null, of: Reducer) => T,
  ): Promise<T> {
    return this.host.read(({ program, cells }) => {
      const { reducers } = program.definition;
      const index = reducers.findIndex((each) => each.name === name);
      const [definition, table] = [reducers[index], cells[index]];
      if (definition === undefined) throw new Error(`the world has no reducer ${name}`);
      return use(table?.kind === 'single' ? table.cell : null, definition);
    });
  }
}

export const exampleFolder = (folder: string): string =>
  fileURLToPath(new URL(`../../../examples/${folder}`, import.meta.url));

/** Plays one rung in a world of its own on disk, closes it, opens it again and verifies it. */
export async function playRung(rung: Rung, print: Print): Promise<void> {
  print(`Running example ${rung.folder.slice(0, 2)}: ${rung.title} (${rung.slug})`);
  const home = await mkdtemp(join(tmpdir(), 'aos-example-'));
  const dir = join(home, 'world');
  try {
    await makeWorld(rung, dir);
    const [reducer, live] = await withWorld(dir, async (host) => {
      const stage = new Stage(host, (line) => print(`   ${line}`));
      const name = await rung.play(stage);
      return [name, await stage.stateHash(name)] as const;
    });
    const reopened = await withWorld(dir, (host) => new Stage(host, print).stateHash(reducer));
    await checkReplay(dir, live, reopened, print);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function makeWorld(rung: Rung, dir: string): Promise<void> {
  const folder = readAuthoringFolder(exampleFolder(rung.folder));
  const ports = { engine: new WasmEngine(), clock: systemClock, fillEntropy: systemEntropy };
  const result = foundWorld({ ...folder, keyring: [] }, ports);
  if (!result.ok) {
    const why = result.refusal?.detail ?? result.findings.map((found) => found.message).join('\n');
    throw new Error(`${rung.slug} is not a world: ${why}`);
  }
  const store = await createWorldStore(dir, result.founded.genesis, result.founded.objects);
  await store.close();
}

async function withWorld<T>(dir: string, use: (host: WorldHost) => Promise<T>): Promise<T> {
  const store = await openWorldStore(dir, { mode: 'write' });
  try {
    const host = openWorldHost({ store, engine: new WasmEngine() });
    const result = await use(host);
    await host.close();
    return result;
  } finally {
    await store.close();
  }
}

async function checkReplay(
  dir: string,
  live: Hash | undefined,
  reopened: Hash | undefined,
  print: Print,
): Promise<void> {
  const store = await openWorldStore(dir, { mode: 'read' });
  try {
    const report = verifyWorld(store, new WasmEngine());
    const text = (hash: Hash | undefined) => (hash === undefined ? 'none' : toHashText(hash));
    if (!report.ok) throw new Error(`replay differs at record ${report.difference?.seq}`);
    if (text(live) !== text(reopened)) {
      throw new Error(`live state ${text(live)}, reopened state ${text(reopened)}`);
    }
    print(`   replay check: OK (${report.records} records, state hash ${text(reopened)})`);
  } finally {
    await store.close();
  }
}

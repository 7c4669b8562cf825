/** Definitions that change: one for a seed to begin with, and what edits of it lead to. */
import { type AirDocument, loadAir, openDefinition, type WorldDefinition } from '@aos/air';
import { type Hash, toHex } from '@aos/canon';
import { ProgramCache } from '@aos/kernel';
import { Definitions } from '../kernel/life.js';
import type { ObjectDisk } from '../kernel/object-disk.js';
import type { Json } from '../palette/json.js';
import {
  type GeneratedDefinition,
  generateDefinition,
  moduleHash,
  type PaletteOptions,
} from '../palette/palette.js';
import { Random } from '../random.js';
import { governed } from './governed-palette.js';

/** A definition with the nodes that it was made of. */
export interface Constitution {
  readonly nodes: readonly Json[];
  readonly definition: WorldDefinition;
}

/** A patch document, and the manifest that it was made for. */
export interface Patch {
  readonly hash: Hash;
  readonly bytes: Uint8Array;
  readonly manifest: Hash;
}

/** As {@link Definitions}, with governance in each; knows every definition that was made. */
export class GovernedDefinitions extends Definitions {
  private readonly made = new Map<string, Constitution>();
  /** As they came out of stored objects. */
  private readonly opened = new Map<string, WorldDefinition>();
  /** What is compiled of them, for the worlds of all lives: those of replays compile anew what is
   * not here, and that is most of what a life takes. */
  readonly programs = new ProgramCache(64);
  /** Hashes of patches that were made already, by the manifest they start from. */
  readonly patches = new Map<string, Patch[]>();

  protected override generate(seed: number, options: PaletteOptions): GeneratedDefinition {
    let nodes: readonly Json[] = [];
    const edit = (plain: readonly Json[]) => {
      nodes = governed(new Random(seed), plain);
      return nodes;
    };
    const generated = generateDefinition(seed, options, edit);
    this.keep({ nodes, definition: generated.definition });
    return generated;
  }

  override at(manifest: string, { definition }: GeneratedDefinition): WorldDefinition {
    return manifest === '' ? definition : this.find(manifest).definition;
  }

  /** Undefined for nodes that are no world. */
  load(nodes: readonly Json[]): WorldDefinition | undefined {
    const loaded = loadNodes(nodes);
    if (loaded !== undefined) this.keep({ nodes, definition: loaded });
    return loaded;
  }

  /** By the hexadecimal hash of its manifest. */
  find(manifest: string): Constitution {
    const found = this.made.get(manifest);
    if (found === undefined) throw new Error(`nobody has made the manifest ${manifest}`);
    return found;
  }

  /** From objects; undefined when they are not all there. */
  open(manifest: Hash, disk: ObjectDisk): WorldDefinition | undefined {
    const known = this.opened.get(toHex(manifest));
    if (known !== undefined) return known;
    const opened = openDefinition(manifest, (hash) => disk.read(hash));
    if (!opened.ok) return undefined;
    this.opened.set(toHex(manifest), opened.value);
    return opened.value;
  }

  private keep(constitution: Constitution): void {
    this.made.set(toHex(constitution.definition.manifestHash), constitution);
  }
}

function loadNodes(nodes: readonly Json[]): WorldDefinition | undefined {
  const document: AirDocument = { path: 'world.air.json', text: JSON.stringify(nodes) };
  const names = nodes.flatMap(({ $kind, name }) => ($kind === 'defmodule' ? [String(name)] : []));
  const loaded = loadAir([document], new Map(names.map((name) => [name, moduleHash(name)])));
  return loaded.ok ? loaded.world : undefined;
}

/**
 * Schemas that one definition takes over from another, with all that they refer to.
 *
 * 1. What is there already under the same name, and means the same, is used as it is.
 * 2. A name that means something else there gets a free version, and whoever refers to it follows.
 */
import type { DefSchema, JsonObject, JsonValue, WorldDefinition } from '@aos/air';
import { encode, toHex } from '@aos/canon';

type FindSchema = (name: string) => DefSchema | undefined;

export class BroughtSchemas {
  /** Names there by names here. */
  readonly #names = new Map<string, string>();
  readonly #nodes: JsonObject[] = [];

  constructor(
    private readonly from: WorldDefinition,
    private readonly to: WorldDefinition,
  ) {}

  /** The schemas that are to be added there. */
  get nodes(): readonly JsonObject[] {
    return this.#nodes;
  }

  /** What a schema of the one definition is called in the other. */
  bring(name: string): string {
    if (name.startsWith('sys/')) return name;
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const here: FindSchema = (each) => this.from.find('defschema', each);
    const there: FindSchema = (each) => this.to.find('defschema', each);
    const node = here(name);
    const isTaken = there(name) !== undefined;
    if (node === undefined || (isTaken && isSame(name, here, there))) return this.#keep(name, name);
    const free = isTaken ? this.#freeName(name) : name;
    this.#keep(name, free);
    const type = this.#rename(node.type as unknown as JsonValue);
    this.#nodes.push({ $kind: 'defschema', name: free, type });
    return free;
  }

  #keep(name: string, as: string): string {
    this.#names.set(name, as);
    return as;
  }

  #freeName(name: string): string {
    const stem = name.replace(/@\d+$/, '');
    const taken = (each: string): boolean =>
      [this.from, this.to].some((world) => world.find('defschema', each) !== undefined);
    let version = 1;
    while (taken(`${stem}@${version}`)) version += 1;
    return `${stem}@${version}`;
  }

  /** The type with the names that what it refers to has there. */
  #rename(type: JsonValue): JsonValue {
    if (Array.isArray(type)) return type.map((each: JsonValue) => this.#rename(each));
    if (!isObject(type)) return type;
    return Object.fromEntries(
      Object.entries(type).map(([word, inner]) => [
        word,
        word === 'ref' && typeof inner === 'string' ? this.bring(inner) : this.#rename(inner),
      ]),
    );
  }
}

/** Whether a name leads to the same type, references and all. */
function isSame(name: string, here: FindSchema, there: FindSchema): boolean {
  const seen = new Set<string>();
  const look = (each: string): boolean => {
    if (each.startsWith('sys/') || seen.has(each)) return true;
    seen.add(each);
    const [a, b] = [here(each), there(each)];
    if (a === undefined || b === undefined) return false;
    const type = a.type as unknown as JsonValue;
    return toHex(encode(a as never)) === toHex(encode(b as never)) && refsOf(type).every(look);
  };
  return look(name);
}

function refsOf(type: JsonValue): readonly string[] {
  if (Array.isArray(type)) return type.flatMap((each: JsonValue) => refsOf(each));
  if (!isObject(type)) return [];
  return Object.entries(type).flatMap(([word, inner]) =>
    word === 'ref' && typeof inner === 'string' ? [inner] : refsOf(inner),
  );
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

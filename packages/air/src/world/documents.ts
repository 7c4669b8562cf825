/** Reads authored files into nodes: every definition by itself, before references are followed. */
import { compareBytes, encode, type Hash, toHashText } from '@aos/canon';
import { builtin } from '../builtins/catalogue.js';
import {
  AUTHORED_FORMS,
  type AuthoredDefinition,
  type Definition,
  isDefinitionKind,
} from '../forms/definition.js';
import type { DefEffect } from '../forms/effect.js';
import type { Problem } from '../forms/form.js';
import { type AuthoredManifest, authoredManifest } from '../forms/manifest.js';
import { ZERO_HASH_TEXT } from '../forms/module.js';
import { DEFINITION_KINDS, type DefinitionKind } from '../forms/names.js';
import { hintFor } from '../forms/near-miss.js';
import { parseJson } from '../json/reader.js';
import {
  describeJson,
  isJsonList,
  isJsonObject,
  type JsonValue,
  newJsonObject,
} from '../json/value.js';
import { error, type Finding, fromProblems, type Place, pathOf, warning } from './finding.js';

/** One authored file. The path is used in findings only. */
export interface AirDocument {
  readonly path: string;
  readonly text: string;
}

/** Hashes of compiled modules, by module name. */
export type ModuleHashes = ReadonlyMap<string, Hash>;

export interface AuthoredManifestNode extends Place {
  readonly value: AuthoredManifest;
}

/** A definition as it stands in a file, with its WASM bound. Its identity needs its neighbours. */
interface AuthoredNode extends Place {
  readonly value: Definition;
}

/** What the files hold, as far as each node can be read by itself. */
export interface Authored {
  readonly manifest: AuthoredManifestNode | undefined;
  readonly definitions: readonly AuthoredNode[];
  readonly findings: readonly Finding[];
}

/** A file holds one node or a list of nodes; all files together hold one manifest. */
export function readDocuments(documents: readonly AirDocument[], wasm: ModuleHashes): Authored {
  const reading = new Reading(wasm);
  for (const document of documents) reading.file(document);
  return reading.finish();
}

/** The definitions of files by themselves; manifests among them are passed over. */
export function readDefinitions(documents: readonly AirDocument[]): {
  readonly definitions: readonly Definition[];
  readonly findings: readonly Finding[];
} {
  const reading = new Reading(new Map());
  for (const document of documents) reading.file(document);
  const { definitions, findings } = reading.found();
  return { definitions: definitions.map(({ value }) => value), findings };
}

class Reading {
  private readonly findings: Finding[] = [];
  private readonly definitions = new Map<string, AuthoredNode>();
  private manifest: AuthoredManifestNode | undefined;
  private manifestPlace: Place | undefined;

  constructor(private readonly wasm: ModuleHashes) {}

  file(document: AirDocument): void {
    const json = parseJson(document.text);
    if (!json.ok) {
      const { code, at, detail } = json.refusal;
      this.findings.push(error(code, `${document.path}:${at}`, detail));
    } else if (isJsonList(json.value)) {
      json.value.forEach((node, i) => {
        this.node(node, { file: document.path, at: `/${i}` });
      });
    } else {
      this.node(json.value, { file: document.path, at: '' });
    }
  }

  finish(): Authored {
    if (this.manifestPlace === undefined) {
      const message = 'expected one node with "$kind": "manifest", found none';
      this.findings.push(error('manifest-missing', '', message));
    }
    return this.found();
  }

  found(): Authored {
    const { manifest, findings } = this;
    return { manifest, definitions: [...this.definitions.values()], findings };
  }

  private node(json: JsonValue, place: Place): void {
    const kind = isJsonObject(json) ? json.$kind : undefined;
    if (kind === 'manifest') this.readManifest(json, place);
    else if (isDefinitionKind(kind)) this.readDefinition(json, kind, place);
    else this.findings.push(kindUnknown(kind, place));
  }

  private readManifest(json: JsonValue, place: Place): void {
    if (this.manifestPlace !== undefined) {
      const message = `expected one manifest, found another at ${pathOf(this.manifestPlace)}`;
      this.findings.push(error('manifest-duplicate', pathOf(place), message));
      return;
    }
    this.manifestPlace = place;
    const problems: Problem[] = [];
    const value = authoredManifest.read(json, place.at, problems);
    this.report(place, problems);
    if (value !== undefined) this.manifest = { value, ...place };
  }

  private readDefinition(json: JsonValue, kind: DefinitionKind, place: Place): void {
    const problems: Problem[] = [];
    const authored = AUTHORED_FORMS[kind].read(json, place.at, problems);
    this.report(place, problems);
    if (authored === undefined) return;
    const value = this.bindWasm(authored, place);
    const key = `${kind} ${value.name}`;
    const known = this.definitions.get(key);
    if (known === undefined) {
      this.definitions.set(key, { value, ...place });
      return;
    }
    const message = `expected one ${kind} ${value.name}, found another at ${pathOf(known)}`;
    this.findings.push(error('definition-duplicate', pathOf(place), message));
    // What else is said about the name must not depend on the order of the files.
    if (compareBytes(encode(value), encode(known.value)) < 0) {
      this.definitions.set(key, { value, ...place });
    }
  }

  private report(place: Place, problems: readonly Problem[]): void {
    for (const finding of fromProblems(place.file, problems)) this.findings.push(finding);
  }

  /**
   * The definition with the hash of the WASM at hand; without WASM the hash is zero. Modules of the
   * catalogue run natively and take none.
   */
  private bindWasm(value: AuthoredDefinition, place: Place): Definition {
    if (value.$kind === 'defmodule') {
      return withWasm(value, this.wasmHash(value, value.wasm_hash, pathOf(place)));
    }
    if (value.$kind !== 'defeffect' || value.implementation === undefined) {
      return value as Definition;
    }
    const path = pathOf(place, '/implementation/wasi');
    const hash = this.wasmHash(value, value.implementation.wasi.wasm_hash, path);
    if (hash === ZERO_HASH_TEXT) {
      const message = `${value.name} has no WASM: the world can be checked, not opened`;
      const hint = 'build its WASI module or give its hash';
      this.findings.push(warning('wasm-missing', path, message, hint));
    }
    const wasi = withWasm(newJsonObject(), hash);
    const implementation = Object.assign(newJsonObject(), { wasi });
    return Object.assign(newJsonObject(), value, { implementation }) as unknown as DefEffect;
  }

  private wasmHash(value: { readonly name: string }, authored: string | undefined, path: string) {
    const isNative = builtin('defmodule', value.name) !== undefined;
    const hash = isNative ? undefined : this.wasm.get(value.name);
    const bound = hash === undefined ? ZERO_HASH_TEXT : toHashText(hash);
    if (authored === undefined || authored === '' || authored === ZERO_HASH_TEXT) return bound;
    if (hash !== undefined && authored !== bound) {
      const message = `expected the hash of the module at hand, ${bound}, found ${authored}`;
      this.findings.push(error('wasm-hash-mismatch', `${path}/wasm_hash`, message));
    }
    return authored;
  }
}

function withWasm<T extends object>(value: T, wasm_hash: string): T & { wasm_hash: string } {
  return Object.assign(newJsonObject(), value, { wasm_hash }) as unknown as T & {
    wasm_hash: string;
  };
}

function kindUnknown(kind: JsonValue | undefined, place: Place): Finding {
  const message = `expected a node with a "$kind", found ${describeJson(kind)}`;
  const kinds = ['manifest', ...DEFINITION_KINDS];
  const hint = hintFor(typeof kind === 'string' ? kind : '', kinds, 'kinds');
  return error('kind-unknown', pathOf(place), message, hint);
}

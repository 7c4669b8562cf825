/**
 * The bridge between envelopes and scripts: sources of our own, compiled once for a process. It
 * reads and writes the same bytes as the AssemblyScript library, whose codec it shares.
 */
import { readdir, readFile } from 'node:fs/promises';
import { assert } from '@aos/canon';
import { compile } from './compiler.js';

/** Where the sources stand next to both `src` and `dist`, and those of the library. */
const SOURCES = new URL('../bridge/', import.meta.url);
const LIBRARY = new URL('../assembly/', import.meta.url);
/** What the package's build leaves beside the code, so that the first build need not compile it. */
const PREPARED = new URL('./bridge.wasm', import.meta.url);

const ENTRY = 'bridge/module.ts';
/** The part of the library that the bridge is made of as well. */
const CODEC = 'cbor.ts';
/** The memory is the engine's. */
const OPTIONS = ['--importMemory', '--noExportMemory'];

/** A module that imports functions of the engine and its memory. */
export async function readBridge(): Promise<Uint8Array> {
  return (await readFile(PREPARED).catch(() => undefined)) ?? compileBridge();
}

export async function compileBridge(): Promise<Uint8Array> {
  const names = (await readdir(SOURCES)).filter((name) => name.endsWith('.ts')).sort();
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, SOURCES), 'utf8')));
  const files = new Map(names.map((name, i) => [`bridge/${name}`, texts[i] ?? '']));
  files.set(`assembly/${CODEC}`, await readFile(new URL(CODEC, LIBRARY), 'utf8'));
  const { wasm, diagnostics } = await compile(ENTRY, files, new Map(), OPTIONS);
  assert(wasm, `the bridge compiles: ${diagnostics.map(({ message }) => message).join('; ')}`);
  return wasm;
}

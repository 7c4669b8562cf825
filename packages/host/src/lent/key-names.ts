/**
 * Keys of cells as names between slashes: texts with what is not a plain character as `%` and its
 * bytes, integers as their digits, everything else as `~` and the hex of its canonical bytes.
 */
import type { CompiledSchema } from '@aos/air';
import { decode, encode, fromHex, toHex, utf8 } from '@aos/canon';

const PLAIN = /^[A-Za-z0-9_-]$/;
const INTEGER = /^-?\d+$/;

/** @param key canonical. */
export function nameOfKey(key: Uint8Array): string {
  const decoded = decode(key);
  const value = decoded.ok ? decoded.value : undefined;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return typeof value === 'string' ? escaped(value) : `~${toHex(key)}`;
}

/** Canonical bytes of the key of a name; undefined for what is the name of none. */
export function keyOfName(name: string, schema: CompiledSchema): Uint8Array | undefined {
  const written = name.startsWith('~') ? bytesOf(name.slice(1)) : textOf(name);
  const tried = INTEGER.test(name) ? [encode(BigInt(name)), written] : [written];
  for (const bytes of tried) {
    const key = bytes && schema.normalizeCbor(bytes);
    // one key has one name
    if (key?.ok === true && nameOfKey(key.value) === name) return key.value;
  }
  return undefined;
}

function escaped(text: string): string {
  const characters = [...text].map((character, i) => {
    const isDot = character === '.' && i > 0 && i < text.length - 1;
    if (PLAIN.test(character) || isDot) return character;
    return [...utf8(character)].map((byte) => `%${toHex(Uint8Array.of(byte))}`).join('');
  });
  return characters.join('');
}

function textOf(name: string): Uint8Array | undefined {
  try {
    return encode(decodeURIComponent(name));
  } catch {
    return undefined;
  }
}

function bytesOf(hex: string): Uint8Array | undefined {
  const bytes = fromHex(hex);
  return bytes.ok ? bytes.value : undefined;
}

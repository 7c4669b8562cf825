/**
 * Reads JSON with exact numbers: 1.0 is a float, 9007199254740993 is that integer. Trusts its
 * input.
 */

import { type Encodable, Float } from '../src/cbor/value.js';
import { integer } from './described-values.js';

const TOKEN = /\s*([{}[\]:,]|"(?:[^"\\]|\\.)*"|[-+.\w]+)/gy;

export function readJson(text: string): Encodable {
  const tokens = [...text.matchAll(TOKEN)].map((match) => match[1] as string);
  let at = 0;

  function read(): Encodable {
    const token = tokens[at++] as string;
    if (token === '{') return new Map(readUntil('}', readEntry));
    if (token === '[') return readUntil(']', read);
    if (token.startsWith('"')) return JSON.parse(token) as string;
    if (/^[-\d]/.test(token)) return readNumber(token);
    return JSON.parse(token) as boolean | null;
  }

  function readEntry(): [Encodable, Encodable] {
    const key = read();
    at++;
    return [key, read()];
  }

  function readUntil<T>(close: string, readItem: () => T): T[] {
    const items: T[] = [];
    while (tokens[at] !== close) {
      items.push(readItem());
      if (tokens[at] === ',') at++;
    }
    at++;
    return items;
  }

  return read();
}

function readNumber(token: string): Encodable {
  return /[.eE]/.test(token) ? new Float(Number(token)) : integer(BigInt(token));
}

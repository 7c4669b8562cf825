/** One text per value, of our decoder and of one that shares no code with it. */
import { Float, type Value } from '@aos/canon';
import { type Token, Tokenizer } from 'cborg';

export function described(value: Value): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number' || typeof value === 'bigint') return `int ${value}`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Uint8Array) return `h'${Buffer.from(value).toString('hex')}'`;
  if (value instanceof Float) return float(value.value);
  if (value instanceof Map) {
    const entries = [...value].map(([key, item]) => `${described(key)}: ${described(item)}`);
    return `{${entries.join(', ')}}`;
  }
  return `[${(value as readonly Value[]).map(described).join(', ')}]`;
}

/** Whether cborg reads it as this: it says nothing of texts and bytes without a length. */
export function isReadByCborg(bytes: Uint8Array, told: string): boolean {
  try {
    return describedByCborg(bytes) === told;
  } catch (error) {
    return /indefinite length bytes.strings/.test((error as Error).message);
  }
}

function describedByCborg(bytes: Uint8Array): string {
  const tokens = new Tokenizer(bytes, { allowIndefinite: true, allowBigInt: true });
  const isTagged = Buffer.from(bytes.subarray(0, 3)).toString('hex') === 'd9d9f7';
  if (isTagged) tokens.next();
  const text = item(tokens);
  if (!tokens.done()) throw new Error('cborg: more bytes');
  return text;
}

function item(tokens: Tokenizer, token: Token = next(tokens)): string {
  const { value } = token;
  switch (token.type.name) {
    case 'uint':
    case 'negint':
      return `int ${value}`;
    case 'bytes':
      return `h'${Buffer.from(value as Uint8Array).toString('hex')}'`;
    case 'string':
      return JSON.stringify(value);
    case 'float':
      return float(value as number);
    case 'array':
      return `[${items(tokens, value as number).join(', ')}]`;
    case 'map': {
      const parts = items(tokens, 2 * (value as number));
      const entries = parts.flatMap((part, i) => (i % 2 === 0 ? [`${part}: ${parts[i + 1]}`] : []));
      return `{${entries.join(', ')}}`;
    }
    case 'true':
    case 'false':
    case 'null':
      return token.type.name;
    default:
      throw new Error(`cborg: ${token.type.name}`);
  }
}

function items(tokens: Tokenizer, count: number): string[] {
  const found: string[] = [];
  while (found.length < count) {
    const token = next(tokens);
    if (token.type.name === 'break' && count === Number.POSITIVE_INFINITY) break;
    found.push(item(tokens, token));
  }
  return found;
}

function next(tokens: Tokenizer): Token {
  if (tokens.done()) throw new Error('cborg: the end');
  return tokens.next();
}

function float(value: number): string {
  return `float ${Object.is(value, -0) ? '-0' : value}`;
}

/** CBOR as a thoughtless encoder may write it: long heads, no end, maps as they come. */
export function careless(value: Value, order: MapOrder = 'reversed'): Uint8Array {
  return Uint8Array.from(carelessly(value, order));
}

type MapOrder = 'reversed' | 'same';

function carelessly(value: Value, order: MapOrder): number[] {
  if (value === null) return [0xf6];
  if (typeof value === 'boolean') return [value ? 0xf5 : 0xf4];
  if (typeof value === 'number' || typeof value === 'bigint') {
    return value < 0 ? head(0x20, -1n - BigInt(value)) : head(0x00, BigInt(value));
  }
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    return [0x7f, ...head(0x60, BigInt(bytes.length)), ...bytes, 0xff];
  }
  if (value instanceof Uint8Array) return [...head(0x40, BigInt(value.length)), ...value];
  if (value instanceof Float) {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value.value);
    return [0xfb, ...bytes];
  }
  if (value instanceof Map) {
    const entries = order === 'same' ? [...value] : [...value].reverse();
    return [0xbf, ...entries.flat().flatMap((each) => carelessly(each, order)), 0xff];
  }
  const items = value as readonly Value[];
  return [...head(0x80, BigInt(items.length)), ...items.flatMap((each) => carelessly(each, order))];
}

function head(major: number, argument: bigint): number[] {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(argument);
  return [major | 27, ...bytes];
}

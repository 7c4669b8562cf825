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

/** The same of what cborg reads, maps in the order of the input; throws where it refuses. */
export function describedByCborg(bytes: Uint8Array): string {
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

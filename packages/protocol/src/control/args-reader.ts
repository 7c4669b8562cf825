/** Reading the arguments of a control verb by name, with the exact names that the verb has. */
import { asHash, type Hash, parseHashText, RefusalError } from '@aos/canon';
import { describePlain, isPlainRecord, type PlainRecord, type PlainValue } from './plain-value.js';

const HASH_BYTES = 32;
const MAX_NAT = 2n ** 64n - 1n;

/** Bounds of a whole number. */
export interface NumberBounds {
  readonly least?: number;
  readonly most?: number;
}

/**
 * The arguments of one request. Each getter throws a RefusalError with the code `control-args` and
 * the path of what is wrong; those that end in `Maybe` answer `undefined` for what is absent or
 * null. {@link ArgsReader.end} refuses names that nobody asked for.
 */
export class ArgsReader {
  readonly #args: PlainRecord;
  /** Names that were asked for; most are asked for once. */
  readonly #asked: string[] = [];

  constructor(
    args: PlainValue | undefined,
    private readonly at = '/args',
  ) {
    if (args !== undefined && args !== null && !isPlainRecord(args)) {
      throw wrongArgs(at, 'a record of arguments', args);
    }
    this.#args = args ?? {};
  }

  has(name: string): boolean {
    return this.maybe(name) !== undefined;
  }

  /** Whatever stands there, null included; absent is undefined. */
  raw(name: string): PlainValue | undefined {
    this.#asked.push(name);
    return Object.hasOwn(this.#args, name) ? this.#args[name] : undefined;
  }

  text(name: string): string {
    return this.#need(name, 'text', this.textMaybe(name));
  }

  textMaybe(name: string): string | undefined {
    const value = this.maybe(name);
    if (value === undefined || typeof value === 'string') return value;
    throw this.#wrong(name, 'text', value);
  }

  textsMaybe(name: string): readonly string[] | undefined {
    const value = this.maybe(name);
    if (value === undefined) return undefined;
    const isTexts = Array.isArray(value) && value.every((each) => typeof each === 'string');
    if (isTexts) return value as readonly string[];
    throw this.#wrong(name, 'a list of texts', value);
  }

  /** A list of words, each one of those that are allowed. */
  wordsMaybe(name: string, allowed: readonly string[]): readonly string[] | undefined {
    const words = this.textsMaybe(name);
    const wrong = words?.find((word) => !allowed.includes(word));
    if (wrong === undefined) return words;
    throw this.#wrong(name, `only ${allowed.join(', ')}`, wrong);
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T {
    return this.#need(name, `one of ${allowed.join(', ')}`, this.oneOfMaybe(name, allowed));
  }

  oneOfMaybe<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.maybe(name);
    if (value === undefined) return undefined;
    const found = allowed.find((each) => each === value);
    if (found !== undefined) return found;
    throw this.#wrong(name, `one of ${allowed.join(', ')}`, value);
  }

  flag(name: string): boolean {
    const value = this.maybe(name) ?? false;
    if (typeof value === 'boolean') return value;
    throw this.#wrong(name, 'true or false', value);
  }

  /** A whole number, by default from 0 to the greatest safe one. */
  count(name: string, bounds: NumberBounds = {}): number {
    return this.#need(name, expectedCount(bounds), this.countMaybe(name, bounds));
  }

  countMaybe(name: string, bounds: NumberBounds = {}): number | undefined {
    const value = this.maybe(name);
    if (value === undefined) return undefined;
    const { least = 0, most = Number.MAX_SAFE_INTEGER } = bounds;
    const isCount = typeof value === 'number' && Number.isSafeInteger(value);
    if (isCount && value >= least && value <= most) return value;
    throw this.#wrong(name, expectedCount(bounds), value);
  }

  /** An integer from 0 to 2^64 − 1, exact. */
  natMaybe(name: string, most = MAX_NAT): bigint | undefined {
    const value = this.maybe(name);
    if (value === undefined) return undefined;
    const isInteger = typeof value === 'bigint' || Number.isSafeInteger(value);
    const nat = isInteger ? BigInt(value as bigint | number) : -1n;
    if (nat >= 0n && nat <= most) return nat;
    throw this.#wrong(name, `an integer from 0 to ${most}`, value);
  }

  bytes(name: string): Uint8Array {
    return this.#need(name, 'bytes', this.bytesMaybe(name));
  }

  bytesMaybe(name: string): Uint8Array | undefined {
    const value = this.maybe(name);
    if (value === undefined || value instanceof Uint8Array) return value;
    throw this.#wrong(name, 'bytes', value);
  }

  /** As 32 bytes, or as text. */
  hash(name: string): Hash {
    return this.#need(name, 'a hash', this.hashMaybe(name));
  }

  hashMaybe(name: string): Hash | undefined {
    const value = this.maybe(name);
    if (value === undefined) return undefined;
    if (value instanceof Uint8Array && value.length === HASH_BYTES) return asHash(value);
    const parsed = typeof value === 'string' ? parseHashText(value) : undefined;
    if (parsed?.ok) return parsed.value;
    throw this.#wrong(name, `a hash as text or as ${HASH_BYTES} bytes`, value);
  }

  /** The arguments inside one of this name. */
  inner(name: string): ArgsReader {
    const value = this.raw(name);
    if (isPlainRecord(value)) return new ArgsReader(value, `${this.at}/${name}`);
    throw this.#wrong(name, 'a record', value);
  }

  /** Refuses what was given and not asked for. */
  end(): void {
    const unknown = Object.keys(this.#args).find((name) => !this.#asked.includes(name));
    if (unknown === undefined) return;
    const known = [...new Set(this.#asked)].join(', ') || 'none';
    const detail = `no argument of this name; there are: ${known}`;
    throw new RefusalError({ code: 'control-args', at: `${this.at}/${clipName(unknown)}`, detail });
  }

  /** Null says the same as leaving a name out. */
  private maybe(name: string): PlainValue | undefined {
    return this.raw(name) ?? undefined;
  }

  #need<T>(name: string, expected: string, value: T | undefined): T {
    if (value !== undefined) return value;
    throw this.#wrong(name, expected, undefined);
  }

  #wrong(name: string, expected: string, found: PlainValue | undefined): RefusalError {
    return wrongArgs(`${this.at}/${name}`, expected, found);
  }
}

/** The refusal of arguments that are not as the verb wants them: `control-args`. */
export function wrongArgs(
  at: string,
  expected: string,
  found: PlainValue | undefined,
): RefusalError {
  const detail = `expected ${expected}, found ${describePlain(found)}`;
  return new RefusalError({ code: 'control-args', at, detail });
}

function expectedCount({ least = 0, most }: NumberBounds): string {
  const upTo = most === undefined ? 'up' : `to ${most}`;
  return `a whole number from ${least} ${upTo}`;
}

const NAME_CHARS = 60;

function clipName(name: string): string {
  const short = name.length <= NAME_CHARS ? name : `${name.slice(0, NAME_CHARS)}…`;
  return short.replaceAll('~', '~0').replaceAll('/', '~1');
}

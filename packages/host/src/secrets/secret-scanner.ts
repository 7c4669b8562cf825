/**
 * Looks for secrets in bytes as they come, whatever the chunks.
 *
 * It reads them as they are, with escapes undone once and twice, and each of these also without
 * blanks and line ends: so it sees a value in base64 in JSON in a URL, and over lines of a mail.
 *
 * Deliberately absent: undoing compression and encryption, and forms that somebody makes up in
 * order to hide a value. Against whom a secret was given to nothing helps.
 */
import { concatBytes } from '@aos/canon';
import { BytePatterns, FOUND, START } from './byte-patterns.js';
import { needlesOf } from './needles.js';
import { Unescaper } from './unescaper.js';

/** How much longer than what is looked for may be what it is read from: `%5Cu0041` for a byte. */
const EXPANSION = 24;
/** Fewer bytes of a value are shown by chance, and show nothing of it. */
const HEAD_BYTES = 4;

/** Space, tab and what ends lines. */
const BLANKS = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) ? 1 : 0,
);

/** Values, made ready to be looked for. */
export class SecretNeedles {
  readonly patterns: BytePatterns;
  readonly longestBytes: number;

  constructor(values: readonly Uint8Array[]) {
    const needles = values.flatMap(needlesOf);
    this.patterns = new BytePatterns(needles);
    this.longestBytes = Math.max(0, ...needles.map(({ length }) => length));
  }

  /** The most bytes that one showing of a value can stretch over, as they came. */
  get reachBytes(): number {
    return this.longestBytes * EXPANSION;
  }
}

export class SecretScanner {
  readonly #readings: readonly [Reading, Reading, Reading];
  readonly #once = new Unescaper();
  readonly #twice = new Unescaper();

  constructor({ patterns }: SecretNeedles) {
    this.#readings = [new Reading(patterns), new Reading(patterns), new Reading(patterns)];
  }

  /** Whether what came up to now shows a value. */
  push(chunk: Uint8Array): boolean {
    const once = this.#once.push(chunk);
    return this.#read(chunk, once, this.#twice.push(once));
  }

  /** Whether what came may be the begin of a showing. */
  get isPending(): boolean {
    return this.#readings.some(({ depth }) => depth >= HEAD_BYTES);
  }

  /** Whether anything that came shows a value. */
  end(): boolean {
    const once = this.#once.end();
    const twice = concatBytes(this.#twice.push(once), this.#twice.end());
    return this.#read(new Uint8Array(), once, twice);
  }

  #read(plain: Uint8Array, once: Uint8Array, twice: Uint8Array): boolean {
    const [first, second, third] = this.#readings;
    return first.read(plain) || second.read(once) || third.read(twice);
  }
}

/** One way to read what comes: as it is, and without blanks. */
class Reading {
  #state = START;
  #squeezed = START;

  constructor(private readonly patterns: BytePatterns) {}

  /** How far a showing has come, at most. */
  get depth(): number {
    const depths = [this.#state, this.#squeezed].map((state) => this.patterns.depthOf(state));
    return Math.max(...depths);
  }

  read(bytes: Uint8Array): boolean {
    this.#state = this.patterns.read(this.#state, bytes);
    if (this.#state === FOUND) return true;
    this.#squeezed = this.patterns.read(this.#squeezed, bytes, BLANKS);
    return this.#squeezed === FOUND;
  }
}

/**
 * Looks for secrets in bytes as they come, whatever the chunks.
 *
 * It reads them as they are, with escapes undone once and twice, and each of these also without
 * blanks and line ends: so it sees a value in base64 in JSON in a URL, and over lines of a mail.
 *
 * Deliberately absent: undoing compression and encryption, and forms that somebody makes up in
 * order to hide a value. Against whom a secret was given to nothing helps.
 */
import { type Begun, BytePatterns, FOUND, START } from './byte-patterns.js';
import { needlesOf } from './needles.js';
import { Unescaper } from './unescaper.js';

/** How much longer than what is looked for may be what it is read from: `%5Cu0041` for a byte. */
const EXPANSION = 24;

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

  /**
   * How much of a showing has begun at the end of what came, also where that broke off inside a
   * sequence. What is all of a text shows a value by 2, too: somebody has cut it off.
   */
  get begun(): Begun {
    const [first, second, third] = this.#readings;
    let most = first.begunAfter(new Uint8Array());
    for (const once of this.#once.ends()) {
      most = later(most, second.begunAfter(once));
      for (const twice of this.#twice.ends(once)) most = later(most, third.begunAfter(twice));
    }
    return most;
  }

  /** Whether what came ends in the begin of a showing. */
  get isPending(): boolean {
    return this.begun === 2;
  }

  /** Whether anything that came shows a value. Nothing may come behind it. */
  end(): boolean {
    const once = this.#once.end();
    return this.#read(new Uint8Array(), once, this.#twice.end(once));
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

  /** How much of a showing has begun behind these bytes, which stay to be read. */
  begunAfter(bytes: Uint8Array): Begun {
    const { patterns } = this;
    const squeezed = patterns.read(this.#squeezed, bytes, BLANKS);
    const state = patterns.read(this.#state, bytes);
    return later(patterns.begunAt(state), patterns.begunAt(squeezed));
  }

  read(bytes: Uint8Array): boolean {
    this.#state = this.patterns.read(this.#state, bytes);
    if (this.#state === FOUND) return true;
    this.#squeezed = this.patterns.read(this.#squeezed, bytes, BLANKS);
    return this.#squeezed === FOUND;
  }
}

function later(one: Begun, other: Begun): Begun {
  return one > other ? one : other;
}

/**
 * Looks for secrets in bytes as they come, whatever the chunks.
 *
 * It reads them as they are, with escapes undone once and twice, and without blanks and line ends:
 * so it sees a value in base64 in JSON in a URL, and over the lines of a mail.
 *
 * Deliberately absent: undoing compression and encryption, and forms that somebody makes up in
 * order to hide a value. Against whom a secret was given to nothing helps.
 */
import { concatBytes } from '@aos/canon';
import { needlesOf } from './needles.js';
import { Unescaper } from './unescaper.js';

/** How much longer than what is looked for may be what it is read from: `%5Cu0041` for a byte. */
const EXPANSION = 24;

/** Fewer bytes of a value are shown by chance, and show nothing of it. */
const HEAD_BYTES = 4;

/** Values, made ready to be looked for. */
export class SecretNeedles {
  readonly #needles: readonly Buffer[];
  readonly longestBytes: number;

  constructor(values: readonly Uint8Array[]) {
    const needles = values.flatMap(needlesOf);
    this.#needles = needles.map((each) => Buffer.from(each));
    this.longestBytes = Math.max(0, ...needles.map(({ length }) => length));
  }

  /** The most bytes that one showing of a value can stretch over, as they came. */
  get reachBytes(): number {
    return this.longestBytes * EXPANSION;
  }

  areIn(bytes: Buffer): boolean {
    return this.#needles.some((needle) => bytes.includes(needle));
  }

  /** Whether one may have begun at the end of these bytes; chance is left out of account. */
  mayBeginIn(bytes: Buffer): boolean {
    return this.#needles.some((needle) => {
      const head = needle.subarray(0, HEAD_BYTES);
      let at = bytes.indexOf(head, Math.max(0, bytes.length - needle.length));
      while (at >= 0) {
        if (bytes.subarray(at).equals(needle.subarray(0, bytes.length - at))) return true;
        at = bytes.indexOf(head, at + 1);
      }
      return false;
    });
  }
}

export class SecretScanner {
  readonly #views: readonly View[];
  readonly #once = new Unescaper();
  readonly #twice = new Unescaper();

  constructor(needles: SecretNeedles) {
    this.#views = Array.from({ length: 6 }, () => new View(needles));
  }

  /** Whether what came up to now shows a value. */
  push(chunk: Uint8Array): boolean {
    const once = this.#once.push(chunk);
    return this.#look(chunk, once, this.#twice.push(once));
  }

  /** Whether what came may be the begin of a showing. */
  get isPending(): boolean {
    return this.#views.some((view) => view.isPending);
  }

  /** Whether anything that came shows a value. */
  end(): boolean {
    const once = this.#once.end();
    const twice = concatBytes(this.#twice.push(once), this.#twice.end());
    return this.#look(new Uint8Array(), once, twice);
  }

  #look(...readings: readonly Uint8Array[]): boolean {
    const all = readings.flatMap((bytes) => [bytes, withoutBlanks(bytes)]);
    return all.map((bytes, i) => (this.#views[i] as View).push(bytes)).includes(true);
  }
}

/** One reading, of which so much is kept as a value may have begun in. */
class View {
  #tail: Buffer = Buffer.alloc(0);

  constructor(private readonly needles: SecretNeedles) {}

  get isPending(): boolean {
    return this.needles.mayBeginIn(this.#tail);
  }

  push(bytes: Uint8Array): boolean {
    if (bytes.length === 0) return false;
    const all = Buffer.concat([this.#tail, bytes]);
    this.#tail = all.subarray(Math.max(0, all.length - this.needles.longestBytes + 1));
    return this.needles.areIn(all);
  }
}

function withoutBlanks(bytes: Uint8Array): Uint8Array {
  const isBlank = (byte: number) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
  return bytes.some(isBlank) ? bytes.filter((byte) => !isBlank(byte)) : bytes;
}

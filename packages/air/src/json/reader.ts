/**
 * Reads JSON text exactly: what was written is what is returned, or the text is refused.
 *
 * J1. Integers are exact from −2^64 to 2^64 − 1; larger ones are refused.
 * J2. A number with a fraction or an exponent is a JsonDecimal, never an integer.
 * J3. A repeated key and a lone surrogate (raw or as an escape) are refused.
 * J4. Depth and size are bounded before any work that grows with them.
 */
import { attempt, RefusalError, type Result } from '@aos/canon';
import { JsonDecimal, type JsonValue, newJsonObject } from './value.js';

export interface JsonLimits {
  /** Lists and objects inside each other. */
  readonly maxDepth: number;
  /** UTF-16 code units of the whole text. */
  readonly maxChars: number;
}

const DEFAULT_LIMITS: JsonLimits = { maxDepth: 128, maxChars: 16 * 1024 * 1024 };

const MIN_INTEGER = -(2n ** 64n);
const MAX_INTEGER = 2n ** 64n - 1n;
/** −18446744073709551616 has 21 characters; a longer integer is out of range unread. */
const MAX_INTEGER_CHARS = 21;
/** Integers of at most this many characters are safe as a JavaScript number. */
const SAFE_INTEGER_CHARS = 15;

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;

/**
 * Reads one JSON text (RFC 8259, nothing beyond it).
 *
 * Refusals: `json-syntax`, `json-duplicate-key`, `json-lone-surrogate`, `json-integer-range`,
 * `json-depth`, `json-size`; `at` is `line:column`, both from 1.
 */
export function parseJson(text: string, limits: Partial<JsonLimits> = {}): Result<JsonValue> {
  return attempt(() => new JsonReader(text, { ...DEFAULT_LIMITS, ...limits }).document());
}

class JsonReader {
  private pos = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly limits: JsonLimits,
  ) {}

  document(): JsonValue {
    if (this.text.length > this.limits.maxChars) {
      this.fail('json-size', `expected at most ${this.limits.maxChars} characters`);
    }
    const value = this.value();
    if (this.peek() !== '') this.fail('json-syntax', 'expected the end of the text');
    return value;
  }

  private value(): JsonValue {
    switch (this.peek()) {
      case '{':
        return this.nested(() => this.object());
      case '[':
        return this.nested(() => this.list());
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  private nested(read: () => JsonValue): JsonValue {
    if (this.depth === this.limits.maxDepth) {
      this.fail('json-depth', `expected at most ${this.limits.maxDepth} levels`);
    }
    this.depth += 1;
    this.pos += 1;
    const value = read();
    this.depth -= 1;
    return value;
  }

  private object(): JsonValue {
    const object = newJsonObject();
    if (this.took('}')) return object;
    do {
      if (this.peek() !== '"') this.fail('json-syntax', 'expected a key in quotes');
      const start = this.pos;
      const key = this.string();
      if (key in object) {
        this.fail('json-duplicate-key', `the key ${JSON.stringify(key)} stands here twice`, start);
      }
      if (!this.took(':')) this.fail('json-syntax', 'expected a colon');
      object[key] = this.value();
    } while (this.took(','));
    if (!this.took('}')) this.fail('json-syntax', 'expected a comma or a closing brace');
    return object;
  }

  private list(): JsonValue {
    const list: JsonValue[] = [];
    if (this.took(']')) return list;
    do list.push(this.value());
    while (this.took(','));
    if (!this.took(']')) this.fail('json-syntax', 'expected a comma or a closing bracket');
    return list;
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.pos)) this.fail('json-syntax', 'expected a value');
    this.pos += word.length;
    return value;
  }

  private number(): JsonValue {
    NUMBER.lastIndex = this.pos;
    const found = NUMBER.exec(this.text);
    if (found === null) this.fail('json-syntax', 'expected a value');
    const written = found[0];
    if (found[1] !== undefined || found[2] !== undefined) {
      this.pos += written.length;
      return new JsonDecimal(written);
    }
    const value = this.integer(written);
    this.pos += written.length;
    return value;
  }

  private integer(written: string): JsonValue {
    if (written === '-0') return 0;
    if (written.length <= SAFE_INTEGER_CHARS) return Number(written);
    const exact = written.length <= MAX_INTEGER_CHARS ? BigInt(written) : undefined;
    if (exact === undefined || exact < MIN_INTEGER || exact > MAX_INTEGER) {
      this.fail('json-integer-range', 'expected an integer of at most 64 bits and a sign');
    }
    const near = Number(exact);
    return Number.isSafeInteger(near) ? near : exact;
  }

  private string(): string {
    const start = this.pos;
    this.pos += 1;
    let plainFrom = this.pos;
    let read = '';
    for (;;) {
      const unit = this.text.charCodeAt(this.pos);
      if (unit === 0x22) break;
      if (unit === 0x5c) {
        read += this.text.slice(plainFrom, this.pos) + this.escape();
        plainFrom = this.pos;
      } else if (unit >= 0xd800 && unit <= 0xdfff) {
        this.assertPair(unit, this.text.charCodeAt(this.pos + 1));
        this.pos += 2;
      } else if (unit >= 0x20) {
        this.pos += 1;
      } else if (unit < 0x20) {
        this.fail('json-syntax', 'expected an escape instead of a control character');
      } else {
        this.fail('json-syntax', 'expected a closing quote', start);
      }
    }
    const last = this.text.slice(plainFrom, this.pos);
    this.pos += 1;
    return read + last;
  }

  /** At a backslash; returns what it stands for. */
  private escape(): string {
    const letter = this.text.charAt(this.pos + 1);
    if (letter !== 'u') {
      const at = letter === '' ? -1 : '"\\/bfnrt'.indexOf(letter);
      if (at < 0) this.fail('json-syntax', 'expected one of the escapes " \\ / b f n r t u');
      this.pos += 2;
      return '"\\/\b\f\n\r\t'.charAt(at);
    }
    const first = this.hexUnit(this.pos + 2);
    if (first < 0xd800 || first > 0xdfff) {
      this.pos += 6;
      return String.fromCharCode(first);
    }
    const follows = this.text.startsWith('\\u', this.pos + 6);
    const second = follows ? this.hexUnit(this.pos + 8) : 0;
    this.assertPair(first, second);
    this.pos += 12;
    return String.fromCharCode(first, second);
  }

  private hexUnit(at: number): number {
    const digits = this.text.slice(at, at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) {
      this.fail('json-syntax', 'expected four hexadecimal digits after \\u');
    }
    return Number.parseInt(digits, 16);
  }

  private assertPair(first: number, second: number): void {
    if (first > 0xdbff || !(second >= 0xdc00 && second <= 0xdfff)) {
      this.fail('json-lone-surrogate', 'expected both halves of a surrogate pair');
    }
  }

  /** Skips white space and returns the next character, '' at the end. */
  private peek(): string {
    for (;;) {
      const unit = this.text.charCodeAt(this.pos);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) break;
      this.pos += 1;
    }
    return this.text.charAt(this.pos);
  }

  private took(character: string): boolean {
    if (this.peek() !== character) return false;
    this.pos += 1;
    return true;
  }

  private fail(code: string, expected: string, pos = this.pos): never {
    const before = this.text.slice(0, pos);
    const line = before.split('\n').length;
    const column = pos - before.lastIndexOf('\n');
    const found = pos < this.text.length ? JSON.stringify(this.text.charAt(pos)) : 'the end';
    throw new RefusalError({ code, at: `${line}:${column}`, detail: `${expected}; at ${found}` });
  }
}

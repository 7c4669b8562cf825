/**
 * Server-sent events out of bytes, as the WHATWG describes them; `id` and `retry` are passed over.
 */
import type { StreamEvent } from '../protocols/protocol.js';

export class EventReader {
  readonly #decoder = new TextDecoder();
  #line = '';
  #event = '';
  #data: string[] = [];
  #wasReturn = false;

  /** The events that end in these bytes. What no blank line ends is no event. */
  read(bytes: Uint8Array): readonly StreamEvent[] {
    const events: StreamEvent[] = [];
    const text = this.#decoder.decode(bytes, { stream: true });
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit !== LINE_FEED && unit !== RETURN) {
        this.#wasReturn = false;
        continue;
      }
      const isSecond = unit === LINE_FEED && this.#wasReturn;
      this.#wasReturn = unit === RETURN;
      const line = this.#line + text.slice(from, at);
      from = at + 1;
      this.#line = '';
      if (!isSecond) this.#takeLine(line, events);
    }
    this.#line += text.slice(from);
    return events;
  }

  #takeLine(line: string, events: StreamEvent[]): void {
    if (line === '') {
      if (this.#data.length > 0) events.push({ event: this.#event, data: this.#data.join('\n') });
      this.#event = '';
      this.#data = [];
      return;
    }
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.#event = value;
    else if (name === 'data') this.#data.push(value);
  }
}

const LINE_FEED = 10;
const RETURN = 13;

/** Blocks of a message that comes in pieces. */
import { type Fields, fieldsOf, malformed, textOf } from './json.js';
import { type Delta, MOST_CALLS } from './protocol.js';

export interface Block {
  /** As the provider sends it. */
  readonly fields: Fields;
  /** What it says, if it is one that says something. */
  readonly text: string;
  /** JSON of what a tool is called with, as the model wrote it; empty for other blocks. */
  readonly input: string;
}

interface GrowingBlock {
  fields: Record<string, unknown>;
  text: string;
  /** What was written of the input, which begins empty. */
  written: string;
}

/** More blocks than any answer has. */
const MOST_BLOCKS = 8 * MOST_CALLS;

export class AnthropicBlocks {
  readonly #blocks = new Map<number, GrowingBlock>();

  begin({ index, content_block }: Fields): readonly Delta[] {
    const fields = { ...fieldsOf(content_block) };
    const place = placeOf(index);
    const text = textOf(fields.text);
    if (this.#blocks.has(place)) throw malformed('the start of each block once');
    this.#blocks.set(place, { fields, text, written: '' });
    if (this.#blocks.size > MOST_BLOCKS) throw malformed(`at most ${MOST_BLOCKS} blocks`);
    if (fields.type === 'tool_use') {
      return [{ index: place, id: textOf(fields.id), name: textOf(fields.name), arguments: '' }];
    }
    return fields.type !== 'text' || text === '' ? [] : [{ text }];
  }

  /** What is heard of a piece is what the answer says in the end: other blocks say nothing. */

  grow({ index, delta }: Fields): readonly Delta[] {
    const place = placeOf(index);
    const block = this.#blocks.get(place);
    if (block === undefined) throw malformed('the start of a block before its pieces');
    const piece = fieldsOf(delta);
    switch (piece.type) {
      case 'text_delta':
        block.text += textOf(piece.text);
        return block.fields.type === 'text' ? [{ text: textOf(piece.text) }] : [];
      case 'input_json_delta':
        block.written += textOf(piece.partial_json);
        if (block.fields.type !== 'tool_use') return [];
        return [{ index: place, id: '', name: '', arguments: textOf(piece.partial_json) }];
      case 'thinking_delta':
        block.fields.thinking = textOf(block.fields.thinking) + textOf(piece.thinking);
        return [];
      case 'signature_delta':
        block.fields.signature = textOf(piece.signature);
        return [];
      case 'citations_delta':
        block.fields.citations = [...citationsOf(block.fields), piece.citation];
        return [];
      default:
        return [];
    }
  }

  all(): readonly Block[] {
    const blocks = [...this.#blocks].sort(([a], [b]) => a - b);
    return blocks.map(([, { fields, text, written }]) => ({
      ...{ fields, text },
      input: fields.type === 'tool_use' ? written || '{}' : '',
    }));
  }
}

function citationsOf({ citations }: Record<string, unknown>): readonly unknown[] {
  return Array.isArray(citations) ? citations : [];
}

function placeOf(index: unknown): number {
  if (typeof index === 'number' && Number.isInteger(index) && index >= 0) return index;
  throw malformed('the number of a block');
}

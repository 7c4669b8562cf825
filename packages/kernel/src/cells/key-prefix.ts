/** Where all keys with the same beginning lie: the prefixes that bound a read of cells. */
import type { ValueType } from '@aos/air';
import { attempt, RefusalError, type Result, utf8 } from '@aos/canon';
import { ItemScan } from '../trie/item-scan.js';
import { MORE, OrderedBytes } from './ordered-bytes.js';
import { appendOrdered, fieldsInOrder, SELF_DESCRIBE } from './ordered-key.js';

/**
 * The beginning of a key: of a text or of bytes, the first fields of a record (canonical tagged
 * values, in the order of `fieldsInOrder`), or the arm of a variant. `next` is the beginning of
 * what comes next: the next field, or the value of the arm. Through an option it goes on with what
 * the option holds.
 */
export type KeyPrefix =
  | { readonly text: string }
  | { readonly bytes: Uint8Array }
  | { readonly fields: readonly Uint8Array[]; readonly next?: KeyPrefix }
  | { readonly tag: string; readonly next?: KeyPrefix };

/**
 * What the ordered keys of all values with this beginning begin with, and no others. Codes:
 * `cell-prefix` for a beginning that no value of the type has, and `cell-key` for a field.
 */
export function keyPrefix(type: ValueType, prefix: KeyPrefix): Result<Uint8Array> {
  return attempt(() => {
    const out = new OrderedBytes(PREFIX_BYTES);
    appendPrefix(out, type, prefix);
    return out.finish();
  });
}

/** First guess for the size of a prefix. */
const PREFIX_BYTES = 32;

function appendPrefix(out: OrderedBytes, type: ValueType, prefix: KeyPrefix): void {
  if (type.kind === 'option') {
    out.byte(MORE);
    appendPrefix(out, type.inner, prefix);
  } else if (type.kind === 'text' && 'text' in prefix) {
    out.open(utf8(prefix.text));
  } else if (type.kind === 'bytes' && 'bytes' in prefix) {
    out.open(prefix.bytes);
  } else if (type.kind === 'record' && 'fields' in prefix) {
    const { fields, next } = prefix;
    const types = fieldsInOrder(type);
    for (const [i, field] of fields.entries()) appendField(out, types[i], field);
    if (next !== undefined) appendPrefix(out, present(types[fields.length]), next);
  } else if (type.kind === 'variant' && 'tag' in prefix) {
    out.ended(utf8(prefix.tag));
    const arm = present(type.arms.get(prefix.tag));
    if (prefix.next !== undefined) appendPrefix(out, arm, prefix.next);
  } else {
    throw misfit(`a key of type ${type.kind} does not begin so`);
  }
}

function appendField(out: OrderedBytes, type: ValueType | undefined, canonical: Uint8Array): void {
  const scan = new ItemScan(canonical, 0, 'cell-key');
  scan.literal(SELF_DESCRIBE);
  appendOrdered(out, present(type), scan);
  scan.end();
}

function present(type: ValueType | undefined): ValueType {
  if (type === undefined) throw misfit('more fields, or another arm, than the key type has');
  return type;
}

function misfit(detail: string): RefusalError {
  return new RefusalError({ code: 'cell-prefix', at: '', detail });
}

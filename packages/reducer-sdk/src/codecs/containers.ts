/** Options, lists, sets and maps: a pair of functions for each type of content. */
import { type Codec, functionCodec, nullableType } from './codec.js';
import type { SourceFile } from './source-file.js';

/** Null or the bare value; an option of an option is that option. */
export function optionCodec(inner: Codec, name: string, file: SourceFile): Codec {
  if (inner.isOption) return inner;
  const type = nullableType(inner);
  const content = inner.isReference ? 'value' : 'value.value';
  const found = inner.read('from');
  file.add(`
function read${name}(from: Reader): ${type} {
  if (from.isNil()) {
    from.nil();
    return null;
  }
  return ${inner.isReference ? found : `new Some<${inner.type}>(${found})`};
}

function write${name}(to: Writer, value: ${type}): void {
  if (value === null) to.nil();
  else ${inner.write('to', content)};
}
`);
  return functionCodec(name, { type, isReference: true, isOption: true, initial: 'null' });
}

export function listCodec(item: Codec, name: string, file: SourceFile): Codec {
  const codec = arrayCodec(item, name, file);
  file.add(`
function write${name}(to: Writer, items: ${codec.type}): void {
  to.head(LIST, items.length);
  for (let i = 0; i < items.length; i++) ${item.write('to', 'items[i]')};
}
`);
  return codec;
}

/** A set is an array too: it is put in order, and rid of doubles, when it is written. */
export function setCodec(item: Codec, name: string, file: SourceFile): Codec {
  const codec = arrayCodec(item, name, file);
  file.add(`
function write${name}(to: Writer, items: ${codec.type}): void {
  const ordered = new OrderedItems(to, items.length);
  for (let i = 0; i < items.length; i++) {
    ${item.write('to', 'items[i]')};
    ordered.endItem();
  }
  ordered.closeSet();
}
`);
  return codec;
}

function arrayCodec(item: Codec, name: string, file: SourceFile): Codec {
  const type = `Array<${item.type}>`;
  file.add(`
function read${name}(from: Reader): ${type} {
  const count = from.list();
  const items = new ${type}(count);
  for (let i = 0; i < count; i++) items[i] = ${item.read('from')};
  return items;
}
`);
  return functionCodec(name, { type, isReference: true, initial: `new ${type}()` });
}

/** A key that comes twice leaves the map smaller than announced. */
export function mapCodec(key: Codec, value: Codec, name: string, file: SourceFile): Codec {
  const type = `Map<${key.type}, ${value.type}>`;
  file.add(`
function read${name}(from: Reader): ${type} {
  const entries = new ${type}();
  const count = from.map();
  for (let i = 0; i < count; i++) {
    const key = ${key.read('from')};
    entries.set(key, ${value.read('from')});
  }
  if (entries.size !== count) unreachable();
  return entries;
}

function write${name}(to: Writer, entries: ${type}): void {
  const keys = entries.keys();
  const values = entries.values();
  const ordered = new OrderedItems(to, keys.length);
  for (let i = 0; i < keys.length; i++) {
    ${key.write('to', 'keys[i]')};
    ordered.endKey();
    ${value.write('to', 'values[i]')};
    ordered.endEntry();
  }
  ordered.closeMap();
}
`);
  return functionCodec(name, { type, isReference: true, initial: `new ${type}()` });
}

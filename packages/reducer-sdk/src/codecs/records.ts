/**
 * Records: a class of plain fields. Its decoder goes over the fields in canonical order, again and
 * again until the map is read: once for canonical bytes, more often for any other order.
 */
import { encodeUntagged, Writer } from '@aos/canon';
import { type Codec, functionCodec } from './codec.js';
import { Identifiers } from './identifiers.js';
import { storeTo } from './literals.js';
import type { SourceFile } from './source-file.js';

interface Field {
  readonly name: string;
  readonly member: string;
  readonly keyBytes: Uint8Array;
  readonly codec: Codec;
}

interface Named {
  readonly id: string;
  readonly type: string;
}

/** Fields that one 64-bit set of marks holds. */
const MARKS = 64;

/** `fields` come in canonical order. */
export function recordCodec(
  type: string,
  fields: readonly (readonly [string, Codec])[],
  file: SourceFile,
): Codec {
  const members = Identifiers.ofFields();
  const named = fields.map(([name, codec]): Field => {
    return { name, codec, member: members.take(name), keyBytes: encodeUntagged(name) };
  });
  const lines = named.map(({ member, codec }) => `  ${member}: ${codec.type} = ${codec.initial};`);
  file.add(`export class ${type} {\n${lines.join('\n')}\n}`);
  const id = file.functions.take(type);
  file.add(readFunction({ id, type }, named, file));
  file.add(writeFunction({ id, type }, named));
  return functionCodec(id, { type, isReference: true, initial: `new ${type}()` });
}

function readFunction({ id, type }: Named, fields: readonly Field[], file: SourceFile): string {
  const sets = Array.from({ length: Math.ceil(fields.length / MARKS) }, (_, i) => i);
  const declared = sets.map((i) => `  let seen${i}: u64 = 0;`);
  const taken = fields.map(({ name, member, codec }, i) => {
    const seen = `seen${Math.floor(i / MARKS)}`;
    return `    if (left > 0 && ${file.takeKey(name)}) {
      ${seen} = once(${seen}, ${mark(i)});
      record.${member} = ${codec.read('from')};
      left--;
    }`;
  });
  const nulls = fields.filter(({ codec }) => codec.isOption);
  const absent = nulls.map(({ member }) => `  record.${member} = null;`);
  const complete = sets.map((set) => requiredCheck(fields, set)).filter((line) => line !== '');
  return `
function read${id}(from: Reader): ${type} {
  const record = make<${type}>();
${absent.join('\n')}
  let left = from.map();
${declared.join('\n')}
  while (left > 0) {
    const before = left;
${taken.join('\n')}
    if (left === before) from.retry();
  }
${complete.join('\n')}
  return record;
}
`;
}

/** Traps unless all fields of one set that must be there were. */
function requiredCheck(fields: readonly Field[], set: number): string {
  let required = 0n;
  fields.forEach(({ codec }, i) => {
    if (!codec.isOption && Math.floor(i / MARKS) === set) required |= 1n << BigInt(i % MARKS);
  });
  const text = `0x${required.toString(16)}`;
  return required === 0n ? '' : `  if ((seen${set} & ${text}) !== ${text}) unreachable();`;
}

function mark(index: number): string {
  return `0x${(1n << BigInt(index % MARKS)).toString(16)}`;
}

function writeFunction({ id, type }: Named, fields: readonly Field[]): string {
  const head = mapHead(fields.length);
  const [first] = fields;
  const front = first === undefined ? [`  ${storeTo('to', head)}`] : [];
  const written = fields.flatMap(({ member, keyBytes, codec }, i) => [
    `  ${storeTo('to', i === 0 ? Uint8Array.of(...head, ...keyBytes) : keyBytes)}`,
    `  ${codec.write('to', `record.${member}`)};`,
  ]);
  return `
function write${id}(to: Writer, record: ${type}): void {
${[...front, ...written].join('\n')}
}
`;
}

function mapHead(entries: number): Uint8Array {
  const out = new Writer();
  out.mapHead(entries);
  return out.finish();
}

/**
 * Variants: an enum when no arm carries anything, otherwise a class with one constructor, one
 * question and one accessor for each arm. Canonical bytes are compared as wholes; every other form
 * of a variant takes the way of `VariantForm`.
 */
import { concatBytes, encodeUntagged, utf8 } from '@aos/canon';
import { type Codec, functionCodec } from './codec.js';
import { Identifiers } from './identifiers.js';
import { dataOf, storeTo } from './literals.js';
import type { SourceFile } from './source-file.js';

interface Arm {
  readonly tag: string;
  /** Its name in the enum, and as a constructor. */
  readonly member: string;
  readonly codec: Codec;
  /** Canonical bytes from the tag to the key of the value, and null for an arm without content. */
  readonly bytes: Uint8Array;
}

interface Variant {
  readonly id: string;
  readonly type: string;
  /** The enum of the tags: the type itself if no arm carries anything. */
  readonly tags: string;
  readonly isEnum: boolean;
  /** In canonical order. */
  readonly arms: readonly Arm[];
}

/** A map of two and the key of the tag. */
const OPENING = Uint8Array.of(0xa2, ...encodeUntagged('$tag'));
const VALUE_KEY = encodeUntagged('$value');
const NIL = Uint8Array.of(0xf6);

/** `arms` come in canonical order. */
export function variantCodec(
  type: string,
  arms: readonly (readonly [string, Codec])[],
  file: SourceFile,
): Codec {
  const members = Identifiers.ofArms();
  const inOrder = arms.map(([tag, codec]): Arm => {
    return { tag, codec, member: members.take(tag), bytes: bytesOf(tag, codec) };
  });
  const id = file.functions.take(type);
  const isEnum = inOrder.every(({ codec }) => codec.isUnit);
  const tags = isEnum ? type : file.types.take(`${type}Tag`);
  const named = { id, type, tags, arms: inOrder, isEnum };
  file.add(enumText(named));
  if (!isEnum) file.add(classText(named));
  file.add(readFunction(named, file));
  file.add(writeFunction(named));
  const unset = `-1 as ${tags}`;
  const initial = isEnum ? unset : `new ${type}(${unset}, 0)`;
  return functionCodec(id, { type, isReference: !isEnum, initial });
}

function bytesOf(tag: string, codec: Codec): Uint8Array {
  const content = codec.isUnit ? NIL : new Uint8Array();
  return concatBytes(encodeUntagged(tag), VALUE_KEY, content);
}

function enumText({ tags, arms }: Variant): string {
  return `export enum ${tags} {\n${arms.map(({ member }) => `  ${member},\n`).join('')}}`;
}

/** The content stands in 64 bits: a number as it is, anything else by its address. */
function classText({ type, tags, arms }: Variant): string {
  const names = new Identifiers(['tag', 'content']);
  const members = arms.map((arm) => {
    const { member, codec } = arm;
    const word = member.charAt(0).toUpperCase() + member.slice(1);
    const parameters = codec.isUnit ? '' : `value: ${codec.type}`;
    const packed = codec.isUnit ? '0' : pack(codec, 'value');
    const question = `
  static ${member}(${parameters}): ${type} {
    return new ${type}(${tags}.${member}, ${packed});
  }

  get ${names.take(`is${word}`)}(): bool {
    return this.tag === ${tags}.${member};
  }`;
    return codec.isUnit
      ? question
      : `${question}

  get ${names.take(`as${word}`)}(): ${codec.type} {
    if (this.tag !== ${tags}.${member}) unreachable();
    return ${unpack(codec, 'this.content')};
  }`;
  });
  return `
export class ${type} {
  constructor(
    readonly tag: ${tags},
    readonly content: u64,
  ) {}
${members.join('\n')}
}
`;
}

function pack({ isReference }: Codec, value: string): string {
  return isReference ? `changetype<usize>(${value}) as u64` : `${value} as u64`;
}

function unpack({ isReference, type }: Codec, content: string): string {
  if (isReference) return `changetype<${type}>(${content} as usize)`;
  return type === 'bool' ? `${content} !== 0` : `${content} as ${type}`;
}

function construction({ type, isEnum }: Variant, { member, codec }: Arm): string {
  if (isEnum) return `${type}.${member}`;
  return `${type}.${member}(${codec.isUnit ? '' : codec.read('from')})`;
}

function takeArm({ tag, bytes }: Arm, file: SourceFile): string {
  return file.takeBytes(bytes, `Arm_${tag}`);
}

function readFunction(variant: Variant, file: SourceFile): string {
  const { id, type, arms } = variant;
  const quick = arms.map(
    (arm) => `    if (${takeArm(arm, file)}) return ${construction(variant, arm)};`,
  );
  const careful = arms.map((arm) => {
    const content = utf8(arm.tag);
    const opened = arm.codec.isUnit ? 'form.unit()' : 'form.open()';
    return `  if (form.is(${dataOf(content)}, ${content.length})) {
    ${opened};
    const value = ${construction(variant, arm)};
    form.close();
    return value;
  }`;
  });
  return `
function read${id}(from: Reader): ${type} {
  if (${file.takeBytes(OPENING, 'Variant')}) {
${quick.join('\n')}
    from.at -= ${OPENING.length};
  }
  const form = new VariantForm(from);
${careful.join('\n')}
  return unreachable();
}
`;
}

function writeFunction({ id, type, tags, arms, isEnum }: Variant): string {
  const cases = arms.map(({ member, codec, bytes }) => {
    const content = codec.isUnit
      ? ''
      : `\n      ${codec.write('to', unpack(codec, 'value.content'))};`;
    return `    case ${tags}.${member}:
      ${storeTo('to', concatBytes(OPENING, bytes))}${content}
      break;`;
  });
  return `
function write${id}(to: Writer, value: ${type}): void {
  switch (${isEnum ? 'value' : 'value.tag'}) {
${cases.join('\n')}
    default:
      unreachable();
  }
}
`;
}

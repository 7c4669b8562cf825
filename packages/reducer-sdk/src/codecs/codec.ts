/** What generated source knows of one type: its name, and how values are read and written. */

export interface Codec {
  /** Different for different codecs, and part of the names of functions. */
  readonly id: string;
  /** The type in the language, never with `| null` twice. */
  readonly type: string;
  /** Values are references, so that an option of them can be null. */
  readonly isReference: boolean;
  /** A record may leave out a field of this type; its value is then null. */
  readonly isOption: boolean;
  readonly isUnit: boolean;
  /** What a new field holds; `''` for null. */
  readonly initial: string;
  /** An expression that reads a value from the reader `from`. */
  readonly read: (from: string) => string;
  /** An expression that writes the value of the expression `value` to the writer `to`. */
  readonly write: (to: string, value: string) => string;
}

/** A codec that is a pair of functions of the generated source. */
export function functionCodec(
  id: string,
  shape: Pick<Codec, 'type' | 'isReference' | 'initial'> & { readonly isOption?: boolean },
): Codec {
  return {
    id,
    isOption: false,
    isUnit: false,
    ...shape,
    read: (from) => `read${id}(${from})`,
    write: (to, value) => `write${id}(${to}, ${value})`,
  };
}

/** The type of an option of these: numbers, booleans and enums cannot be null themselves. */
export function nullableType({ type, isReference, isOption }: Codec): string {
  if (isOption) return type;
  return isReference ? `${type} | null` : `Some<${type}> | null`;
}

function scalar(method: string, type: string, initial: string): Codec {
  return {
    id: method.charAt(0).toUpperCase() + method.slice(1),
    type,
    isReference: type === 'string' || type === 'Uint8Array',
    isOption: false,
    isUnit: method === 'unit',
    initial,
    read: (from) => `${from}.${method}()`,
    write: (to, value) => `${to}.${method}(${value})`,
  };
}

/** Scalars are methods of reader and writer. A hash and a UUID have no value until one is set. */
export const SCALAR_CODECS: Readonly<Record<string, Codec>> = {
  bool: scalar('bool', 'bool', 'false'),
  int: scalar('int', 'i64', '0'),
  nat: scalar('nat', 'u64', '0'),
  time: scalar('int', 'i64', '0'),
  duration: scalar('int', 'i64', '0'),
  bytes: scalar('bytes', 'Uint8Array', 'new Uint8Array(0)'),
  text: scalar('text', 'string', "''"),
  dec128: scalar('dec128', 'string', "'0'"),
  hash: scalar('hash', 'string', "''"),
  uuid: scalar('uuid', 'string', "''"),
  unit: scalar('unit', 'u8', '0'),
};

/**
 * Names in generated source. A name of the definition stays as it is where the language allows it;
 * otherwise it is bent until it is an identifier, and numbered until it is the only one.
 */

/** Words that the compiler takes for something else where a field is declared. */
const NO_FIELDS = new Set([
  ...['abstract', 'constructor', 'declare', 'override', 'private', 'protected', 'public', 'static'],
]);

/** The same in enums, and as static methods. */
const NO_ARMS = new Set([
  ...['async', 'await', 'break', 'case', 'catch', 'class', 'const', 'constructor', 'continue'],
  ...['default', 'delete', 'do', 'else', 'enum', 'export', 'extends', 'false', 'finally', 'for'],
  ...['function', 'if', 'implements', 'import', 'in', 'instanceof', 'interface', 'let', 'new'],
  ...['null', 'of', 'override', 'package', 'private', 'protected', 'public', 'readonly', 'return'],
  ...['static', 'super', 'switch', 'this', 'throw', 'true', 'try', 'typeof', 'var', 'void'],
  ...['while', 'with', 'yield'],
]);

/** Types of the language and of the library that a schema may be called like. */
const RESERVED_TYPES = [
  ...['Array', 'ArrayBuffer', 'Boolean', 'DataView', 'Date', 'Error', 'Function', 'Infinity'],
  ...['Map', 'Math', 'NaN', 'Number', 'Object', 'Promise', 'Reflect', 'RegExp', 'Set', 'String'],
  ...['StaticArray', 'Symbol', 'Uint8Array', 'V128', 'WeakMap', 'JSON', 'Iterator', 'Some'],
  ...['Call', 'Context', 'OrderedItems', 'Reader', 'ReducerEnvelope', 'PureEnvelope', 'Step'],
  ...['VariantForm', 'Writer', 'make', 'once', 'I8', 'I16', 'I32', 'I64', 'Isize', 'U8', 'U16'],
  ...['U32', 'U64', 'Usize', 'Bool', 'F32', 'F64', 'Int8Array', 'Int16Array', 'Int32Array'],
  ...['Int64Array', 'Uint8ClampedArray', 'Uint16Array', 'Uint32Array', 'Uint64Array', 'Temporal'],
  ...['Float32Array', 'Float64Array', 'RangeError', 'TypeError', 'SyntaxError', 'ArrayBufferView'],
  ...['Input', 'Output', 'IteratorResult', 'ArrayLike', 'RegExpExecArray', 'Proxy', 'BigInt'],
];

/** Hands out identifiers of one scope, each once. */
export class Identifiers {
  private readonly taken: Set<string>;

  /** `taken` are numbered when they are asked for, `words` get an underscore. */
  constructor(
    taken: Iterable<string> = [],
    private readonly words: ReadonlySet<string> = new Set(),
  ) {
    this.taken = new Set(taken);
  }

  static ofTypes(): Identifiers {
    return new Identifiers(RESERVED_TYPES);
  }

  static ofFields(): Identifiers {
    return new Identifiers([], NO_FIELDS);
  }

  static ofArms(): Identifiers {
    return new Identifiers([], NO_ARMS);
  }

  isFree(name: string): boolean {
    return !this.taken.has(name);
  }

  /** The identifier closest to `name` that is still free. */
  take(name: string): string {
    const plain = toIdentifier(name);
    const base = this.words.has(plain) ? `${plain}_` : plain;
    let free = base;
    for (let i = 2; this.taken.has(free); i++) free = `${base}_${i}`;
    this.taken.add(free);
    return free;
  }
}

function toIdentifier(name: string): string {
  const letters = name.replace(/[^A-Za-z0-9_]/g, '_');
  return /^[A-Za-z_]/.test(letters) ? letters : `_${letters}`;
}

/** `deliver_at`, `timer.set` and `deliver-at` in the way of types. */
export function toPascalCase(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

export interface SchemaName {
  readonly namespace: string;
  readonly local: string;
  readonly version: string;
}

export function splitSchemaName(name: string): SchemaName {
  const [path = '', version = ''] = name.split('@');
  const slash = path.lastIndexOf('/');
  return { namespace: path.slice(0, slash), local: path.slice(slash + 1), version };
}

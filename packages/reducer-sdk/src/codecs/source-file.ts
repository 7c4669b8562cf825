/** The generated source as it grows: declarations, and functions shared between them. */
import { encodeUntagged, toHex, utf8 } from '@aos/canon';
import { Identifiers } from './identifiers.js';
import { compareAt, dataOf } from './literals.js';

const HEADER = `import { LIST } from 'aos/cbor';
import {
  Call,
  make,
  once,
  OrderedItems,
  PureCall,
  PureEnvelope,
  Reader,
  ReducerEnvelope,
  Some,
  VariantForm,
  Writer,
} from 'aos/codecs';

export { Some };
`;

export class SourceFile {
  /** Names of exported types. */
  readonly types = Identifiers.ofTypes();
  /** Names of functions, without their verb. */
  readonly functions = new Identifiers();
  private readonly blocks: string[] = [];
  private readonly literals = new Map<string, string>();

  add(block: string): void {
    this.blocks.push(block.trim());
  }

  text(): string {
    return `${[HEADER.trim(), ...this.blocks].join('\n\n')}\n`;
  }

  /** A condition that moves the reader `from` over a key, in a head of any length. */
  takeKey(key: string): string {
    const bytes = encodeUntagged(key);
    const name = this.once(`key ${toHex(bytes)}`, `Key_${key}`, (fresh) => {
      const content = utf8(key);
      return `
function take${fresh}(from: Reader): bool {
  if (${compareAt('from.at', bytes)}) {
    from.at += ${bytes.length};
    return true;
  }
  return from.careful && from.keyIs(${dataOf(content)}, ${content.length});
}
`;
    });
    return `take${name}(from)`;
  }

  /** A condition that moves the reader `from` over exactly these bytes. */
  takeBytes(bytes: Uint8Array, hint: string): string {
    const name = this.once(`bytes ${toHex(bytes)}`, hint, (fresh) => {
      return `
function take${fresh}(from: Reader): bool {
  if (!(${compareAt('from.at', bytes)})) return false;
  from.at += ${bytes.length};
  return true;
}
`;
    });
    return `take${name}(from)`;
  }

  private once(id: string, hint: string, declare: (name: string) => string): string {
    const known = this.literals.get(id);
    if (known !== undefined) return known;
    const name = this.functions.take(hint);
    this.literals.set(id, name);
    this.add(declare(name));
    return name;
  }
}

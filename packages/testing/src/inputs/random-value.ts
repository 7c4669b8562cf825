/** Values of an AIR type, mostly from its edges, as what `encode` takes. */
import type { ValueType } from '@aos/air';
import { type Encodable, encode, sha256, toHashText, toHex, utf8 } from '@aos/canon';
import type { Random } from '../random.js';

/** Items of a list, a set or a map. */
const MAX_ITEMS = 3;

const hashTextOf = (name: string) => toHashText(sha256(utf8(name)));

const EDGES: Readonly<Record<string, readonly Encodable[]>> = {
  unit: [null],
  bool: [false, true],
  nat: [0, 1, 23, 24, 255, 256, 65_536, 2 ** 32, 2n ** 64n - 1n],
  int: [0, 1, -1, -24, -25, 255, -(2n ** 63n), 2n ** 63n - 1n],
  time: [0, 1, -1, 1_700_000_000_000_000_000n],
  duration: [0, 1, -1, 3_600_000_000_000n],
  dec128: ['0', '1', '-1', '0.5', '-0.05', '10', '123456789.25'],
  text: ['', 'a', 'b', 'ab', 'z', 'ä€𐅑', '\u0000', 'a'.repeat(300)],
  bytes: [new Uint8Array(), Uint8Array.of(0), Uint8Array.of(0, 255), new Uint8Array(280)],
  hash: [hashTextOf('a'), hashTextOf('b'), hashTextOf('c')],
  uuid: ['00000000-0000-4000-8000-000000000000', 'ffffffff-ffff-4fff-bfff-ffffffffffff'],
};

/** A value of `type`; handles and `never` have none. */
export function randomValue(random: Random, type: ValueType): Encodable {
  switch (type.kind) {
    case 'option':
      return random.chance(0.4) ? null : randomValue(random, type.inner);
    case 'list':
      return Array.from({ length: random.below(MAX_ITEMS + 1) }, () =>
        randomValue(random, type.item),
      );
    case 'set':
      return sortedSet(random, type.item);
    case 'map':
      return new Map(
        sortedSet(random, type.key).map((key) => [key, randomValue(random, type.value)] as never),
      );
    case 'record':
      return Object.fromEntries(
        [...type.fields].map(([name, field]) => [name, randomValue(random, field)]),
      );
    case 'variant': {
      const [tag, arm] = random.pick([...type.arms]);
      return { $tag: tag, $value: randomValue(random, arm) };
    }
    default:
      return random.pick(EDGES[type.kind] ?? [null]);
  }
}

/** Distinct items in the order of their canonical bytes. */
function sortedSet(random: Random, item: ValueType): Encodable[] {
  const items = new Map<string, Encodable>();
  for (let i = random.below(MAX_ITEMS + 1); i > 0; i--) {
    const value = randomValue(random, item);
    items.set(toHex(encode(value)), value);
  }
  return [...items].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

/** Nodes that no builder would have made, as a foreign file may hold them, are refused. */
import {
  concatBytes,
  type Encodable,
  encode,
  encodeUntagged,
  type Hash,
  sha256,
  utf8,
} from '@aos/canon';
import { describe, expect, it } from 'vitest';
import { checkTrie } from '../src/trie/check-trie.js';
import { Trie } from '../src/trie/trie.js';
import { Objects, pairCodec } from './trie-objects.js';
import { buildTrie } from './trie-oracle.js';

interface Part {
  readonly count: number;
  readonly hash: Hash;
}

/** Nodes made by hand, as wrong as one likes. */
class Foundry {
  readonly source = new Objects();

  node(bytes: Uint8Array, count: number): Part {
    const hash = sha256(bytes);
    this.source.put([{ hash, bytes }]);
    return { count, hash };
  }

  bucket(keys: readonly string[]): Part {
    return this.node(encode({ leaves: keys.flatMap((key) => leaf(key)) }), keys.length);
  }

  branch(path: Encodable, own: Encodable, children: readonly (readonly [number, Part])[]): Part {
    const slots: Encodable[] = new Array(16).fill(null);
    let count = own === null ? 0 : 1;
    for (const [nibble, part] of children) {
      slots[nibble] = [part.count, part.hash];
      count += part.count;
    }
    return this.node(encode({ leaf: own, path, children: slots }), count);
  }

  /** The code with which the whole check refuses, '' when it does not. */
  code({ hash: root, count: size }: Part): string {
    const found = checkTrie({ root, size }, pairCodec, this.source);
    return found.ok ? '' : found.refusal.code;
  }
}

function leaf(key: string, beside = key): [Uint8Array, Uint8Array] {
  return [utf8(beside), encodeUntagged([utf8(key), 1])];
}

/** Seventeen letters from `a`: too many for a bucket. */
const letters = [...'abcdefghijklmnopq'];
const low = letters.slice(0, 15);
const high = letters.slice(15);

/** The branch of all letters, with parts of it made otherwise. */
function branchOfLetters(f: Foundry, { path = '', own = null as Encodable } = {}): Part {
  return f.branch(path, own, [
    [6, f.bucket(low)],
    [7, f.bucket(high)],
  ]);
}

describe('the whole check', () => {
  it('passes what a builder makes', () => {
    const f = new Foundry();
    const values = letters.map((key) => ({ key: utf8(key), value: 1 }));
    const whole = branchOfLetters(f);
    expect(whole.hash).toEqual(buildTrie(pairCodec, values).root);
    expect(f.code(whole)).toBe('');
  });

  const cases: readonly [string, string, (f: Foundry) => Part][] = [
    ['another order of leaves', 'trie-order', (f) => f.bucket(['b', 'a'])],
    ['a key twice', 'trie-order', (f) => f.bucket(['a', 'a'])],
    ['a prefix behind what it begins', 'trie-order', (f) => f.bucket(['ab', 'a'])],
    [
      'a bucket of more leaves than its parent says',
      'trie-count',
      (f) => ({
        ...f.bucket(['a', 'b']),
        count: 1,
      }),
    ],
    ['a bucket of more leaves than buckets have', 'trie-shape', (f) => f.bucket(letters)],
    [
      'a branch of fewer leaves than branches have',
      'trie-shape',
      (f) =>
        f.branch('6', null, [
          [1, f.bucket(['a'])],
          [2, f.bucket(['b'])],
        ]),
    ],
    [
      'a branch of another number of leaves',
      'trie-count',
      (f) => ({
        ...branchOfLetters(f),
        count: 18,
      }),
    ],
    [
      'a child that has another number of leaves',
      'trie-count',
      (f) =>
        f.branch('', null, [
          [6, { ...f.bucket(low), count: 14 }],
          [7, { ...f.bucket(high), count: 3 }],
        ]),
    ],
    [
      'a child without leaves',
      'trie-count',
      (f) =>
        f.branch('', null, [
          [5, f.bucket([])],
          [6, f.bucket(low)],
          [7, f.bucket(high)],
        ]),
    ],
    ['no leaves under another root', 'trie-count', (f) => ({ ...f.bucket(['a']), count: 0 })],
    [
      'a branch where nothing parts',
      'trie-path',
      (f) => f.branch('', null, [[6, { ...f.bucket(low), count: 17 }]]),
    ],
    ['a path that no key goes', 'trie-path', (f) => branchOfLetters(f, { path: '6' })],
    [
      'a child under another half byte',
      'trie-path',
      (f) =>
        f.branch('', null, [
          [5, f.bucket(low)],
          [7, f.bucket(high)],
        ]),
    ],
    [
      'a leaf at a branch that its key passes',
      'trie-path',
      (f) => branchOfLetters(f, { own: leaf('a') }),
    ],
    [
      'a leaf beside another key',
      'trie-path',
      (f) => f.node(encode({ leaves: leaf('b', 'a') }), 1),
    ],
    ['a path of other digits', 'trie-shape', (f) => branchOfLetters(f, { path: 'A' })],
    ['a path that is no text', 'trie-shape', (f) => branchOfLetters(f, { path: 6 as never })],
    ['no tag', 'trie-shape', (f) => f.node(encodeUntagged({ leaves: leaf('a') }), 1)],
    ['another field', 'trie-shape', (f) => f.node(encode({ leafs: leaf('a') }), 1)],
    ['a field more', 'trie-shape', (f) => f.node(encode({ leaves: leaf('a'), other: 1 }), 1)],
    [
      'a leaf without a key',
      'trie-count',
      (f) => f.node(encode({ leaves: leaf('a').slice(1) }), 1),
    ],
    [
      'a leaf that is no byte string',
      'trie-shape',
      (f) => f.node(encode({ leaves: [utf8('a'), 7] }), 1),
    ],
    [
      'bytes behind the node',
      'trie-shape',
      (f) => f.node(concatBytes(encode({ leaves: leaf('a') }), Uint8Array.of(0)), 1),
    ],
    [
      'a node that ends too early',
      'trie-shape',
      (f) => f.node(encode({ leaves: leaf('a') }).slice(0, -1), 1),
    ],
    [
      'a head that is longer than needed',
      'trie-shape',
      (f) => {
        const bytes = encode({ leaves: leaf('a') });
        const at = bytes.length - encodeUntagged(leaf('a')).length;
        return f.node(
          concatBytes(bytes.slice(0, at), Uint8Array.of(0x98, 2), bytes.slice(at + 1)),
          1,
        );
      },
    ],
    ['no bytes', 'trie-shape', (f) => f.node(new Uint8Array(0), 1)],
    [
      'a leaf that its codec refuses',
      'cbor-type',
      (f) => f.node(encode({ leaves: [utf8('a'), encodeUntagged('a')] }), 1),
    ],
    [
      'bytes behind a leaf',
      'cbor-trailing',
      (f) => {
        const [key, written] = leaf('a');
        return f.node(encode({ leaves: [key, concatBytes(written, Uint8Array.of(0))] }), 1);
      },
    ],
  ];
  it.each(cases)('refuses %s', (_name, code, make) => {
    const f = new Foundry();
    expect(f.code(make(f))).toBe(code);
  });

  it('is not needed for a read to refuse the node that it comes by', () => {
    const f = new Foundry();
    const { hash, count } = f.bucket(['b', 'a']);
    const trie = Trie.open(hash, count, pairCodec, f.source);
    expect(() => trie.get(utf8('a'))).toThrow(expect.objectContaining({ code: 'trie-order' }));
  });
});

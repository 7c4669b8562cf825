import { concatBytes, encodeUntagged, sha256, toHex, utf8 } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import { encodeBlobList } from './blob-list.js';
import { objectLinks } from './object-links.js';
import { decodeTree, encodeTree, isTree, MAX_TREE_ENTRIES, type TreeEntry } from './tree.js';

const hash = sha256(utf8('content'));
const file = (name: string): TreeEntry => {
  return { kind: 'file', name, hash, sizeBytes: 7, isExecutable: false };
};
const tree: readonly TreeEntry[] = [
  file('a'),
  { kind: 'directory', name: 'b', hash: sha256(utf8('b')) },
  { ...file('c'), isExecutable: true } as TreeEntry,
];
const head = utf8('aos/tree/0\0');
const codeOf = (bytes: Uint8Array) => {
  const read = decodeTree(bytes);
  return read.ok ? 'ok' : read.refusal.code;
};

describe('a directory as an object', () => {
  it('reads back as it was written', () => {
    expect(decodeTree(encodeTree(tree))).toEqual({ ok: true, value: tree });
    expect(isTree(encodeTree([]))).toBe(true);
  });

  it.each([
    ['names out of order', [file('b'), file('a')]],
    ['a name twice', [file('a'), file('a')]],
    ['a path as a name', [file('a/b')]],
    ['no name', [file('')]],
    ['a name that leads up', [file('..')]],
    ['a name with a zero byte', [file('a\0')]],
    ['a name that is too long', [file('a'.repeat(256))]],
    [
      'too many entries',
      Array.from({ length: MAX_TREE_ENTRIES + 1 }, (_, i) => file(String(10_000 + i))),
    ],
  ])('is not written with %s', (_, entries) => {
    expect(() => encodeTree(entries)).toThrow('tree-damaged');
  });

  it.each([
    ['bytes after the end', concatBytes(encodeTree(tree), utf8('x'))],
    ['bytes that are missing', encodeTree(tree).subarray(0, -1)],
    ['another object', utf8('text')],
    ['nothing behind its head', head],
    ['a mode that is none', concatBytes(head, encodeUntagged([['a', 3, hash]]))],
    ['a directory with a size', concatBytes(head, encodeUntagged([['a', 2, hash, 7]]))],
    ['a file without size', concatBytes(head, encodeUntagged([['a', 0, hash]]))],
    ['a hash that is none', concatBytes(head, encodeUntagged([['a', 2, utf8('short')]]))],
    [
      'names out of order',
      concatBytes(
        head,
        encodeUntagged([
          ['b', 2, hash],
          ['a', 2, hash],
        ]),
      ),
    ],
  ])('is not read with %s', (_, bytes) => {
    expect(codeOf(bytes)).toBe('tree-damaged');
  });
});

describe('what an object refers to', () => {
  it('is the entries of a directory, the pieces of a blob, and nothing of anything else', () => {
    const texts = (bytes: Uint8Array) => objectLinks(bytes).map((each) => toHex(each));
    expect(texts(encodeTree(tree))).toEqual(tree.map((each) => toHex(each.hash)));
    expect(texts(encodeBlobList({ sizeBytes: 5, pieces: [hash] }))).toEqual([toHex(hash)]);
    expect(texts(encodeBlobList({ sizeBytes: 5, pieces: [hash] }).subarray(0, -1))).toEqual([]);
    expect(texts(head)).toEqual([]);
    expect(texts(hash)).toEqual([]);
  });
});

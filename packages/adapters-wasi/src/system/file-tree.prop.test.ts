import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type FileNode, FileTree } from './file-tree.js';

const DISK_BYTES = 200;
const name = fc.constantFrom('a', 'b', 'c');
const action = fc.oneof(
  fc.record({
    write: name,
    at: fc.nat(40),
    bytes: fc.uint8Array({ maxLength: 20 }),
  }),
  fc.record({ resize: name, size: fc.nat(60) }),
  fc.record({ remove: name }),
  fc.record({ move: name, to: name }),
  fc.record({ open: name }),
  fc.constant('close' as const),
);

/** What a file should hold. */
class Model {
  constructor(readonly bytes: number[] = []) {}

  write(at: number, bytes: Uint8Array) {
    if (bytes.length === 0) return;
    while (this.bytes.length < at) this.bytes.push(0);
    this.bytes.splice(at, bytes.length, ...bytes);
  }

  resize(size: number) {
    while (this.bytes.length < size) this.bytes.push(0);
    this.bytes.length = size;
  }
}

it('holds what was written, and counts it until nobody has it any more', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const tree = new FileTree({ diskBytes: 10_000, fileCount: 100 }, () => 0n);
      const models = new Map<string, Model>();
      const open: [FileNode, Model][] = [];
      const node = (at: string) => tree.root.entries.get(at) as FileNode | undefined;
      const made = (at: string): [FileNode, Model] => {
        const model = models.get(at) ?? new Model();
        models.set(at, model);
        return [node(at) ?? tree.makeFile(tree.root, at), model];
      };
      const drop = (at: string) => {
        if (models.delete(at)) tree.remove(tree.root, at);
      };
      for (const each of actions) {
        if (each === 'close') {
          const last = open.pop();
          if (last !== undefined) tree.close(last[0]);
        } else if ('write' in each) {
          const [file, model] = made(each.write);
          tree.write(file, each.at, each.bytes);
          model.write(each.at, each.bytes);
        } else if ('resize' in each) {
          const [file, model] = made(each.resize);
          tree.resize(file, each.size);
          model.resize(each.size);
        } else if ('remove' in each) drop(each.remove);
        else if ('open' in each) {
          const pair = made(each.open);
          tree.open(pair[0]);
          open.push(pair);
        } else if (models.has(each.move) && each.move !== each.to) {
          drop(each.to);
          models.set(each.to, models.get(each.move) as Model);
          models.delete(each.move);
          tree.move(tree.root, each.move, tree.root, each.to);
        }
        for (const [file, { bytes }] of open) {
          expect([...file.bytes.subarray(0, file.size)]).toEqual(bytes);
        }
      }
      const found = [...tree.changes()].map(([path, bytes]) => [path, [...bytes]]);
      expect(found.sort()).toEqual([...models].map(([path, { bytes }]) => [path, bytes]).sort());
    }),
  );
});

it('has all of its room again when everything is gone', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3 * DISK_BYTES), { maxLength: 30 }), (sizes) => {
      const tree = new FileTree({ diskBytes: DISK_BYTES, fileCount: 3 }, () => 0n);
      sizes.forEach((size, i) => {
        const file = tree.makeFile(tree.root, 'f');
        tree.open(file);
        const grow = () => tree.resize(file, size);
        if (size > DISK_BYTES)
          expect(grow).toThrow(expect.objectContaining({ code: 'wasi-disk-limit' }));
        else grow();
        if (i % 2 === 0) tree.close(file);
        tree.remove(tree.root, 'f');
        if (i % 2 === 1) tree.close(file);
      });
      tree.resize(tree.makeFile(tree.root, 'all'), DISK_BYTES);
      tree.makeFile(tree.root, 'one more');
      expect(() => tree.makeFile(tree.root, 'too many')).toThrow(
        expect.objectContaining({ code: 'wasi-files-limit' }),
      );
    }),
  );
});

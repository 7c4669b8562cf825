import { describe, expect, it } from 'vitest';
import { type Cached, NodeCache } from './node-cache.js';

/** A node that counts how often the cache looks whether it was read. */
class Watched implements Cached {
  static looks = 0;
  heldLeaves = 0;
  isQueued = false;
  isDropped = false;
  #isVisited = false;

  get isVisited(): boolean {
    Watched.looks += 1;
    return this.#isVisited;
  }

  set isVisited(value: boolean) {
    this.#isVisited = value;
  }

  drop(): void {
    this.isDropped = true;
  }
}

const watched = (count: number) => Array.from({ length: count }, () => new Watched());
const dropped = (nodes: readonly Watched[]) => nodes.filter(({ isDropped }) => isDropped).length;

describe('a node cache', () => {
  it('holds what fits and drops the rest, what came first before the others', () => {
    const cache = new NodeCache(100);
    const nodes = watched(30);
    for (const node of nodes) cache.admit(node, 10);
    expect(cache.leaves).toBe(100);
    expect(dropped(nodes.slice(0, 20))).toBe(20);
    expect(dropped(nodes)).toBe(20);
  });

  it('gives what was read a second chance', () => {
    const cache = new NodeCache(100);
    const nodes = watched(10);
    for (const node of nodes) cache.admit(node, 10);
    const [first, second] = nodes as [Watched, Watched];
    first.isVisited = true;
    cache.admit(new Watched(), 10);
    expect([first.isDropped, second.isDropped]).toEqual([false, true]);
  });

  it('drops at once what does not fit at all', () => {
    const cache = new NodeCache(5);
    const [large] = watched(1) as [Watched];
    cache.admit(large, 6);
    expect([large.isDropped, cache.leaves]).toEqual([true, 0]);
  });

  it('takes constant time for each node, however many it holds and however many were read', () => {
    const cache = new NodeCache(10_000);
    const nodes = watched(50_000);
    Watched.looks = 0;
    for (const node of nodes) {
      cache.admit(node, 1);
      node.isVisited = true;
    }
    expect(cache.leaves).toBe(10_000);
    expect(Watched.looks).toBeLessThan(4 * nodes.length);
  });

  it('forgets what was released, and takes it again', () => {
    const cache = new NodeCache(1_000_000);
    const nodes = watched(10_000);
    for (const node of nodes) {
      cache.admit(node, 1);
      cache.release(node);
    }
    expect(cache.leaves).toBe(0);
    expect(nodes.filter(({ isQueued }) => isQueued).length).toBeLessThan(100);
    const last = nodes.at(-1) as Watched;
    for (let i = 0; i < 1000; i++) {
      cache.admit(last, 7);
      expect(cache.leaves).toBe(7);
      cache.release(last);
    }
  });

  it('keeps its books over any mix of admissions, reads and releases', () => {
    const cache = new NodeCache(50);
    const nodes = watched(40);
    for (let i = 0, random = 1; i < 20_000; i++) {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
      const node = nodes[(random >>> 8) % nodes.length] as Watched;
      if (node.heldLeaves === 0) cache.admit(node, 1 + ((random >>> 20) % 9));
      else if (random >>> 31) cache.release(node);
      else node.isVisited = true;
      const held = nodes.reduce((sum, each) => sum + each.heldLeaves, 0);
      expect(cache.leaves).toBe(held);
      if (held > 50) throw new Error('more than the bound');
    }
  });
});

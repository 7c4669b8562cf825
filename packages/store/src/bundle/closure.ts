/**
 * What belongs to a world: every stored object that its records, its geneses or its snapshot name,
 * directly or through other objects.
 */

import type { Hash } from '@aos/canon';
import { type ObjectReader, referencesIn } from '@aos/protocol';
import { bundleShape } from './bundle-format.js';

/** Where a walk over objects has been. */
export class Closure {
  private readonly waiting: string[] = [];
  /** Stored, and not yet come to. */
  private readonly unseen = new Set<string>();
  private count = 0;

  constructor(
    stored: Iterable<Hash>,
    private readonly read: ObjectReader,
  ) {
    for (const hash of stored) this.unseen.add(keyOf(hash));
  }

  /** How many objects were come to. */
  get seen(): number {
    return this.count;
  }

  /** Objects that nothing names; whole once {@link walk} has ended. */
  get strangers(): number {
    return this.unseen.size;
  }

  /** Takes what bytes name as a beginning. */
  add(bytes: Uint8Array): void {
    for (const hash of referencesIn(bytes)) this.addHash(hash);
  }

  addHash(hash: Hash): void {
    const key = keyOf(hash);
    if (!this.unseen.delete(key)) return;
    this.waiting.push(key);
    this.count++;
  }

  /** Every object that can be reached, each once; each is read once. */
  *walk(): Generator<Uint8Array> {
    for (let key = this.waiting.pop(); key !== undefined; key = this.waiting.pop()) {
      const bytes = this.read(hashOf(key));
      if (bytes === undefined) throw bundleShape('an object that is stored');
      this.add(bytes);
      yield bytes;
    }
  }
}

function keyOf(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.length).toString('latin1');
}

function hashOf(key: string): Hash {
  return new Uint8Array(Buffer.from(key, 'latin1')) as Hash;
}

import { type Hash, toHex } from '@aos/canon';
import { decodeGenesis } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { found, must } from '../../test/stage.js';
import { SharedDefinitions } from './shared-definitions.js';

const { genesis, objects } = found();
const { manifest } = must(decodeGenesis(genesis));
const stored = new Map(objects.map(({ hash, bytes }) => [toHex(hash), bytes]));
const read = (hash: Hash) => stored.get(toHex(hash));

describe('a definition that worlds share', () => {
  it('is read once', () => {
    const shared = new SharedDefinitions();
    expect(must(shared.open(manifest, read))).toBe(must(shared.open(manifest, read)));
  });

  it('is not for a world that lacks a part of it', () => {
    const shared = new SharedDefinitions();
    const nodes: Hash[] = [];
    must(shared.open(manifest, (hash) => read(nodes[nodes.push(hash) - 1] as Hash)));
    for (const lost of nodes) {
      const without = (hash: Hash) => (toHex(hash) === toHex(lost) ? undefined : read(hash));
      expect(shared.open(manifest, without).ok).toBe(false);
    }
  });

  it('is let go when others were asked for since', () => {
    const shared = new SharedDefinitions(0);
    expect(must(shared.open(manifest, read))).not.toBe(must(shared.open(manifest, read)));
  });
});

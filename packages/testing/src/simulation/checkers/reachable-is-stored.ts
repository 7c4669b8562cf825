/**
 * Everything that can be reached is stored: the definition of genesis with its code, values that
 * records only name, definitions that came into force, and the parts of the last snapshot.
 */
import { openDefinition } from '@aos/air';
import { type Hash, parseHashText, toHex } from '@aos/canon';
import { modulesOf } from '@aos/kernel';
import { parseVerb } from '@aos/protocol';
import type { NewChecker } from './checker.js';

export const reachableIsStored: NewChecker = ({ tell, constitution }) => {
  const { definition } = constitution.generated;
  const nodes = [...definition.nodes.keys()].flatMap((text) => {
    const hash = parseHashText(text);
    return hash.ok ? [hash.value] : [];
  });
  const founded = [...nodes, ...modulesOf(definition).map(({ hash }) => hash)];

  return {
    ended: ({ store, records }) => {
      const read = (hash: Hash) => store.object(hash);
      const isThere = (hash: Hash, what: string) => {
        if (read(hash) === undefined) tell(`${what} names ${toHex(hash)}, which is not stored`);
      };
      for (const hash of founded) isThere(hash, 'the genesis');
      for (const { seq, input, entries } of records) {
        for (const hash of refsIn([input, entries])) isThere(hash, `record ${seq}`);
        const verb = input.kind === 'governance' ? parseVerb(input.verb, input.args) : undefined;
        if (verb?.ok && verb.value.verb === 'propose')
          isThere(verb.value.patchHash, `record ${seq}`);
        for (const entry of entries) {
          if (entry.kind !== 'governance-changed' || entry.change !== 'applied') continue;
          const opened = openDefinition(entry.hash, read);
          if (!opened.ok) tell(`the definition of record ${seq}: ${opened.refusal.code}`);
        }
      }
      if (store.snapshot !== undefined) isThere(store.snapshot.hash, 'the last mark');
    },
    finished: (_remains, verified) => {
      if (verified?.snapshot === 'incomplete') tell('a part of the last snapshot is not stored');
    },
  };
};

/** Hashes that stand for values too large to stand in a record. */
function* refsIn(value: unknown): Generator<Hash> {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  const { ref } = value as { readonly ref?: unknown };
  if (ref instanceof Uint8Array) yield ref as Hash;
  for (const part of value instanceof Map ? value.values() : Object.values(value)) {
    yield* refsIn(part);
  }
}

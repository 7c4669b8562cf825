/**
 * Patch documents over a world. `BASE` stands for the hash of its manifest, `HASH0` and on for the
 * hashes of its nodes.
 *
 * Every finding has a code, and the base stays what it was; a patch that compiles compiles again
 * from its normal form, to the same; its inverse leads back to the base.
 */
import {
  compilePatch,
  diffWorlds,
  invertPatch,
  type JsonValue,
  parseJson,
  printJson,
} from '@aos/air';
import { bytesEqual, toHashText } from '@aos/canon';
import { type FuzzTarget, holds } from '@aos/testing/fuzz';
import { isExplained, valueIn } from '../codes.js';
import { once } from '../golden-life.js';
import { airTokens, smallWorlds, worldOf } from '../small-worlds.js';
import { texts } from '../tokens.js';

const worlds = once(() => smallWorlds.map(worldOf));
const base = once(() => worlds()[1] as ReturnType<typeof worldOf>);
const names = once(() => {
  const hashes = [...base().nodes.keys()].map((hash, i) => [`HASH${i}`, hash] as const);
  return [['BASE', toHashText(base().manifestHash)] as const, ...hashes];
});

export const target: FuzzTarget = {
  name: 'patch',
  tokens: [
    ...airTokens,
    ...texts(
      ...['"add_def":', '"replace_def":', '"remove_def":', '"set_manifest_refs":', '"pre_hash":'],
      ...[
        '"set_defaults":',
        '"set_triggers":',
        '"set_routing_events":',
        '"set_features":',
        '"node":',
      ],
      ...[
        '"new_node":',
        '"add":',
        '"remove":',
        '"kind":',
        '"BASE"',
        '"HASH0"',
        '"HASH1"',
        '"HASH2"',
      ],
    ),
  ],
  seeds: () => {
    const from = base();
    return worlds().flatMap((to) => {
      const patch = diffWorlds(from, to);
      if (!patch.ok || patch.value === undefined)
        return texts('{"version":"1","base_manifest_hash":"BASE","patches":[]}');
      let text = printJson(patch.value as unknown as JsonValue);
      for (const [name, hash] of names()) text = text.replaceAll(hash, name);
      return texts(text);
    });
  },
  run(bytes) {
    let text = Buffer.from(bytes).toString('utf8');
    for (const [name, hash] of names()) text = text.replaceAll(`"${name}"`, `"${hash}"`);
    const json = valueIn(parseJson(text));
    if (json === undefined) return;
    const world = base();
    const before = printJson(world.manifest as unknown as JsonValue);
    const outcome = compilePatch(json, { world });
    for (const { code } of outcome.findings) isExplained(code);
    holds(printJson(world.manifest as unknown as JsonValue) === before, 'the base stays');
    if (!outcome.ok) return;
    const { candidate, document, patchHash } = outcome.patch;
    const again = compilePatch(document as unknown as JsonValue, { world });
    holds(again.ok, 'the normal form compiles', () => JSON.stringify(again.findings));
    holds(bytesEqual(again.patch.patchHash, patchHash), 'the normal form is one');
    holds(
      bytesEqual(again.patch.candidate.manifestHash, candidate.manifestHash),
      'it means the same',
    );
    const inverse = valueIn(invertPatch(json, { world }));
    if (inverse === undefined) return;
    const back = compilePatch(inverse as unknown as JsonValue, {
      world: candidate,
      getNode: (hash) => world.nodes.get(toHashText(hash)),
    });
    holds(back.ok, 'the inverse compiles', () => JSON.stringify(back.findings));
    holds(
      bytesEqual(back.patch.candidate.manifestHash, world.manifestHash),
      'the inverse leads back',
    );
  },
};

/**
 * Authority only grows by approval: the definition in force changes to what a patch was made for,
 * once it was shadowed and enough of those who count have approved; what is let through has a grant
 * and a rule in force. An epoch is that of one branch: what was signed for it is not for another.
 */
import { toHex } from '@aos/canon';
import { chainOf, decodeRecord } from '@aos/protocol';
import { AuthorityLaws } from '../../governed/authority-laws.js';
import type { NewChecker } from './checker.js';

export const authorityByApproval: NewChecker = ({ tell, genesis, constitution }) => {
  const intended = new Map(
    [...constitution.patches.values()]
      .flat()
      .map(({ hash, manifest }) => [toHex(hash), toHex(manifest)]),
  );

  /** Chain values of the durable records that each epoch began with. */
  const begun = new Map<unknown, string>();
  const begin = (records: readonly Uint8Array[]) => {
    for (const bytes of records) {
      const record = decodeRecord(bytes);
      const input = record.ok ? record.value.input : undefined;
      if (input?.kind !== 'control' || input.verb !== 'epoch') continue;
      const epoch = input.args.get('epoch');
      const chain = toHex(chainOf(bytes));
      if ((begun.get(epoch) ?? chain) !== chain) tell(`epoch ${epoch} has begun twice`);
      begun.set(epoch, chain);
    }
  };

  return {
    durable: begin,
    rewound: (_seq, records) => begin(records),
    ended: ({ records, journal }) => {
      const laws = new AuthorityLaws({
        genesis,
        definition: (manifest) => constitution.find(manifest),
        intended: (patch) => intended.get(patch),
      });
      try {
        for (const record of records) laws.check(record);
      } catch (error) {
        tell(error instanceof Error ? error.message : String(error));
        return;
      }
      const manifest = journal.at(-1)?.after.program.definition.manifestHash;
      if (manifest !== undefined && toHex(manifest) !== laws.manifest)
        tell('another definition is in force than was applied');
    },
  };
};

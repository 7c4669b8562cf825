/**
 * Authority only grows by approval: the definition in force changes to what a patch was made for,
 * once it was shadowed and enough of those who count have approved; what is let through has a grant
 * and a rule in force.
 */
import { toHex } from '@aos/canon';
import { AuthorityLaws } from '../../governed/authority-laws.js';
import type { NewChecker } from './checker.js';

export const authorityByApproval: NewChecker = ({ tell, genesis, constitution }) => {
  const intended = new Map(
    [...constitution.patches.values()]
      .flat()
      .map(({ hash, manifest }) => [toHex(hash), toHex(manifest)]),
  );

  return {
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

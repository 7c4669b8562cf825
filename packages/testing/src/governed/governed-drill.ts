/** Many worlds that change their own definition, one for each seed, judged by every law. */
import { toHex } from '@aos/canon';
import type { KernelDrillReport } from '../kernel/kernel-drill.js';
import { type KernelPort, REAL_KERNEL } from '../kernel/kernel-port.js';
import type { Lived } from '../kernel/life.js';
import { checkLedgers } from '../laws/budget-laws.js';
import { Coverage } from '../laws/coverage.js';
import { JournalLaws } from '../laws/journal-laws.js';
import { checkProvenance } from '../laws/provenance-laws.js';
import { checkReplay } from '../laws/replay-laws.js';
import { checkTampering } from '../laws/tamper-laws.js';
import { ApplyLaws } from './apply-laws.js';
import { AuthorityLaws } from './authority-laws.js';
import { GovernedDefinitions } from './governed-definitions.js';
import { GovernedLife, type GovernedLifeOptions } from './governed-life.js';

export interface GovernedDrillOptions {
  readonly firstSeed?: number;
  readonly seeds: number;
  /** The kernel itself unless told: a broken one must be found out. */
  readonly kernel?: KernelPort;
  readonly crashes?: boolean;
  /** After so many the drill ends; 5 unless told. */
  readonly maxProblems?: number;
}

const INPUTS = 60;

export function runGovernedDrill(options: GovernedDrillOptions): KernelDrillReport {
  const { firstSeed = 0, seeds, kernel = REAL_KERNEL, crashes = true, maxProblems = 5 } = options;
  const coverage = new Coverage();
  const problems: string[] = [];
  let records = 0;
  let definitions = new GovernedDefinitions();
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    if (problems.length === maxProblems) break;
    if (seed % SEEDS_KEPT === 0) definitions = new GovernedDefinitions();
    const kinds = { effects: true, plans: true, crashes, inputs: INPUTS, definitions };
    try {
      const life = liveGoverned(kernel, seed, kinds);
      coverage.merge(life.coverage);
      records += life.lived.length;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const again = `AOS_SEEDS=${seed}+1 npm test -- governance.drill`;
      problems.push(`seed ${seed}: ${message}; again: ${again}`);
    }
  }
  return { records, coverage, problems };
}

/** Seeds after which the definitions that were made are let go; a multiple of the lives of each. */
const SEEDS_KEPT = 30;

/** Lives one seed and throws at the first law that it breaks. */
function liveGoverned(
  kernel: KernelPort,
  seed: number,
  options: GovernedLifeOptions,
): GovernedLife {
  const life = new GovernedLife(kernel, seed, options);
  const journal = new JournalLaws(life.world.genesis);
  const authority = new AuthorityLaws({
    genesis: life.world.genesis,
    definition: (manifest) => options.definitions.find(manifest).definition,
    intended: (patch) => life.motions.intended.get(patch),
  });
  const apply = new ApplyLaws(life.memory);
  let judged = 0;
  const judge = () => {
    for (; judged < life.lived.length; judged++) {
      const lived = life.lived[judged] as Lived;
      const after = life.lived[judged + 1]?.before ?? life.world;
      authority.check(lived.record);
      apply.check(lived, after);
      journal.check(lived.record);
      if (toHex(after.program.definition.manifestHash) !== authority.manifest)
        throw new Error(`record ${judged} brings another definition into force than it says`);
    }
  };
  life.run();
  judge();
  const isAtRest = life.bringToRest();
  judge();
  apply.checkTypes(life.world);
  if (isAtRest) journal.checkRest();
  life.coverage.count(isAtRest ? 'life at rest' : 'life left paused');
  const world = checkReplay(life);
  checkLedgers(world);
  journal.checkCells(world);
  checkProvenance(life);
  checkTampering(life);
  return life;
}

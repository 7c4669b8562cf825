/** Many worlds, one for each seed: lived, broken off, replayed and judged by every law. */
import { BudgetLaws, checkLedgers } from '../laws/budget-laws.js';
import { Coverage } from '../laws/coverage.js';
import { JournalLaws } from '../laws/journal-laws.js';
import { checkNarrowed } from '../laws/narrowing-laws.js';
import { checkProvenance } from '../laws/provenance-laws.js';
import { checkReplay } from '../laws/replay-laws.js';
import { checkTampering } from '../laws/tamper-laws.js';
import { type KernelPort, REAL_KERNEL } from './kernel-port.js';
import { Definitions, Life, type LifeOptions } from './life.js';

export interface KernelDrillOptions extends Partial<Omit<LifeOptions, 'definitions'>> {
  readonly firstSeed?: number;
  readonly seeds: number;
  /** The kernel itself unless told: a broken one must be found out. */
  readonly kernel?: KernelPort;
  /** After so many the drill ends; 5 unless told. */
  readonly maxProblems?: number;
}

export interface KernelDrillReport {
  readonly records: number;
  readonly coverage: Coverage;
  /** What broke a law, with the seed that shows it again. */
  readonly problems: readonly string[];
}

const INPUTS = 26;

export function runKernelDrill(options: KernelDrillOptions): KernelDrillReport {
  const { firstSeed = 0, seeds, kernel = REAL_KERNEL } = options;
  const { inputs = INPUTS, effects = true, plans = true, crashes = true } = options;
  const { maxProblems = 5 } = options;
  const definitions = new Definitions();
  const coverage = new Coverage();
  const problems: string[] = [];
  let records = 0;
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    if (problems.length === maxProblems) break;
    try {
      const life = liveSeed(kernel, seed, { inputs, effects, plans, crashes, definitions });
      coverage.merge(life.coverage);
      records += life.lived.length;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      problems.push(`seed ${seed}: ${message}; again: ${reproduction(seed)}`);
    }
  }
  return { records, coverage, problems };
}

/** The command line that lives a seed of this repository's drill again. */
const reproduction = (seed: number) => `AOS_SEEDS=${seed}+1 npm test -- kernel.drill`;

/** Lives one seed and throws at the first law that it breaks. */
export function liveSeed(kernel: KernelPort, seed: number, options: LifeOptions): Life {
  const life = new Life(kernel, seed, options);
  life.run();
  const isAtRest = life.bringToRest();
  const laws = new JournalLaws(life.world.genesis);
  const budgets = new BudgetLaws(life.generated.definition);
  for (const { record } of life.lived) {
    laws.check(record);
    budgets.check(record);
  }
  if (isAtRest) laws.checkRest();
  life.coverage.count(isAtRest ? 'life at rest' : 'life left paused');
  const world = checkReplay(life);
  checkLedgers(world);
  laws.checkCells(world);
  checkProvenance(life);
  checkTampering(life);
  checkNarrowed(life);
  return life;
}

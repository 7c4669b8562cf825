export {
  type Attack,
  type AttackReport,
  hasHeld,
  type Met,
  runAttack,
  type Target,
} from './attacks/attack.js';
export { printAttacks, printFailures } from './attacks/attack-table.js';
export {
  type GrowthDrillOptions,
  type GrowthDrillReport,
  runGrowthCutPoints,
} from './growth-drill.js';
export {
  type KernelDrillOptions,
  type KernelDrillReport,
  runKernelDrill,
} from './kernel/kernel-drill.js';
export { type KernelPort, REAL_KERNEL } from './kernel/kernel-port.js';
export { Coverage } from './laws/coverage.js';
export { Random } from './random.js';
export { type FailureCode, SimCrash, SimDisk, type SimDiskOptions } from './sim-disk.js';
export {
  describeFailure,
  faultsMissing,
  runSimulations,
  type SimRun,
  type SimRunOptions,
} from './simulation/runs.js';
export { type SimReport, simulate } from './simulation/simulation.js';
export { runStoreCutPoints, type StoreDrillOptions, type StoreDrillReport } from './store-drill.js';
export type { Duration } from './test-world/durations.js';
export type {
  EffectName,
  EffectScript,
  Handler,
  ScriptAnswer,
} from './test-world/effect-script.js';
export type { TestModules, WorldSource } from './test-world/found-test-world.js';
export { expectGolden, type GoldenOptions } from './test-world/golden-journal.js';
export type { DescribedRecord, TestPlan, TestReceipt } from './test-world/journal-reading.js';
export {
  type CallState,
  type FailOptions,
  HOLD,
  type OkOptions,
  type ScriptedCall,
} from './test-world/scripted-call.js';
export type { TestWorldOptions } from './test-world/stage.js';
export type { TestCell } from './test-world/state-reading.js';
export type { People } from './test-world/test-keys.js';
export { openTestWorld, type SendOptions, type TestWorld } from './test-world/test-world.js';
export type { Written } from './test-world/typed-values.js';

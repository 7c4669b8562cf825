export {
  type EffectDrillOptions,
  type EffectDrillReport,
  type EffectDrillSubject,
  runEffectCutPoints,
} from './effect-drill.js';
export {
  type KernelDrillOptions,
  type KernelDrillReport,
  runKernelDrill,
} from './kernel/kernel-drill.js';
export { type KernelPort, REAL_KERNEL } from './kernel/kernel-port.js';
export { Coverage } from './laws/coverage.js';
export { Random } from './random.js';
export { type FailureCode, SimCrash, SimDisk, type SimDiskOptions } from './sim-disk.js';
export { runStoreCutPoints, type StoreDrillOptions, type StoreDrillReport } from './store-drill.js';
export {
  runWorldCutPoints,
  type WorldDrillOptions,
  type WorldDrillReport,
  type WorldDrillSubject,
} from './world-drill.js';

export { Random } from './random.js';
export { type FailureCode, SimCrash, SimDisk, type SimDiskOptions } from './sim-disk.js';
export { runStoreCutPoints, type StoreDrillOptions, type StoreDrillReport } from './store-drill.js';
export {
  runWorldCutPoints,
  type WorldDrillOptions,
  type WorldDrillReport,
  type WorldDrillSubject,
} from './world-drill.js';

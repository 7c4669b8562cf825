export { type AdapterFixture, adapterContract } from './adapter.js';
export { type ContractCase, ContractViolation } from './case.js';
export {
  EffectStage,
  MemoryBlobs,
  type StagedCall,
  StagedCancel,
  StagedClock,
  StagedSecrets,
  stageCall,
} from './effect-stage.js';
export { type EngineFixture, engineContract } from './engine.js';
export {
  assembleModule,
  type ExportKind,
  type FunctionParts,
  type Instruction,
  type ModuleParts,
  op,
} from './module-assembler.js';
export type { StoreFixture } from './store-checks.js';
export { worldStoreContract } from './world-store.js';

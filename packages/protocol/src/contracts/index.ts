export { type ContractCase, ContractViolation } from './case.js';
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

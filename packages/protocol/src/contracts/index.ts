export type { ContractCase } from './case.js';
export { type EngineFixture, engineContract } from './engine.js';

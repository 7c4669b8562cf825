export { type AuthoringFolder, readAuthoringFolder } from './air-folder.js';
export { type Clock, systemClock } from './clock.js';
export {
  type FoundedWorld,
  type FoundingPlan,
  type FoundingPorts,
  type FoundingResult,
  foundWorld,
} from './found-world.js';
export {
  aosHome,
  ensureHostKey,
  ensureKey,
  ensureOperatorKey,
  type KeyPlace,
  openKey,
  type Signer,
} from './key-files.js';
export { type HostEngine, loadWorld } from './load-world.js';
export { type FillEntropy, Stamper, type StampOrigin, systemEntropy } from './stamper.js';
export { divergedFault, replayStore, type VerifyReport, verifyWorld } from './verify-world.js';
export {
  type Ack,
  type AckFault,
  openWorldHost,
  WorldHost,
  type WorldHostOptions,
} from './world-host.js';

export type { Ack, AckFault } from './acks.js';
export { type AuthoringFolder, readAuthoringFolder } from './air-folder.js';
export { type Clock, systemClock } from './clock.js';
export {
  type FoundedWorld,
  type FoundingPlan,
  type FoundingPorts,
  type FoundingResult,
  foundWorld,
} from './found-world.js';
export { type HaltClearance, signClearance } from './halt.js';
export type { SubmittedInput } from './intake.js';
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
export { openWorldHost, type WorldHostOptions } from './open-host.js';
export { divergedFault, type OpenedWorld, openWorld } from './open-world.js';
export { isUsableKey, SignatureVerifier } from './signatures.js';
export { signReceipt, signVerb, type UnsignedReceipt, type VerbPlace } from './signing.js';
export { type FillEntropy, Stamper, type StampOrigin, systemEntropy } from './stamper.js';
export { type VerifyOptions, type VerifyReport, verifyWorld } from './verify-world.js';
export { type StartTimer, systemTimer } from './wake-timer.js';
export { type Opening, WorldHost } from './world-host.js';

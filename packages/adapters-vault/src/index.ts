export { type SealContext, sealValue } from './crypto/sealed-value.js';
export {
  type AllowedBindings,
  createSecretSource,
  type SecretSourceOptions,
} from './secret-source.js';
export {
  MAX_SECRET_BYTES,
  MIN_SECRET_BYTES,
  type PutRequest,
  type RotateRequest,
  Vault,
  type VaultListing,
  type VersionDigest,
} from './vault/vault.js';
export type { VaultPlace } from './vault/vault-content.js';
export type { VaultPaths } from './vault/vault-file.js';
export { createVaultAdapter, type VaultAdapterOptions } from './vault-adapter.js';

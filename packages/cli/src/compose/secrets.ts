/** Secrets of worlds that run here: loaded when the first of them is asked for. */
import { join } from 'node:path';
import type { Vault } from '@aos/adapters-vault';
import { aosHome } from '@aos/host';
import type { Adapter, SecretSource } from '@aos/protocol';
import type { Settings } from './settings.js';

/** The one vault of `$AOS_HOME`; its key lies beside the others. */
export async function openVault(home: string = aosHome()): Promise<Vault> {
  const { Vault } = await import('@aos/adapters-vault');
  const keyFile = join(home, 'keys', 'vault.key');
  return new Vault({ file: join(home, 'vault', 'secrets'), keyFile });
}

export interface Secrets {
  readonly source: SecretSource;
  loadAdapter(): Promise<Adapter>;
}

export function secretsOf({ secrets }: Settings, env: NodeJS.ProcessEnv = process.env): Secrets {
  const home = aosHome();
  const allowed = secrets?.allowed ?? {};
  let vault: Promise<Vault> | undefined;
  const getVault = () => {
    vault ??= openVault(home);
    return vault;
  };
  let source: Promise<SecretSource> | undefined;
  const getSource = async () => {
    const { createSecretSource } = await import('@aos/adapters-vault');
    return createSecretSource({
      vault: await getVault(),
      folder: join(home, 'secrets'),
      env,
      allowed,
      allowedIn: `'secrets.allowed' of '${join(home, 'settings.json')}'`,
    });
  };
  return {
    source: {
      resolve: async (request) => {
        source ??= getSource();
        return (await source).resolve(request);
      },
    },
    loadAdapter: async () => {
      const { createVaultAdapter } = await import('@aos/adapters-vault');
      return createVaultAdapter({ vault: await getVault() });
    },
  };
}

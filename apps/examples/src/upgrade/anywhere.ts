/** A change that nobody should want: it lets the world send to anywhere. */
import { builtinHash } from '@aos/air';
import { toHashText } from '@aos/canon';
import type { Stage } from '../runner/stage.js';

const CAP = 'sys/http.out@2';

interface Defaults {
  readonly defaults: { readonly policy: string; readonly cap_grants: readonly object[] };
}

/** As a patch of the definition in force: whoever makes it has read that. */
export async function patchToAnywhere(stage: Stage): Promise<object> {
  const { hash: base_manifest_hash, manifest } = await stage.ask('manifest.get', {});
  const { policy, cap_grants } = (manifest as unknown as Defaults).defaults;
  const hash = builtinHash('defcap', CAP);
  if (hash === undefined) throw new Error(`${CAP} is not built in`);
  const add = [{ kind: 'defcap', name: CAP, hash: toHashText(hash) }];
  const anywhere = { name: 'anywhere', cap: CAP, params: {} };
  return {
    base_manifest_hash,
    patches: [
      { set_manifest_refs: { add } },
      { set_defaults: { policy, cap_grants: [...cap_grants, anywhere] } },
    ],
  };
}

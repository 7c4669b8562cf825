/** What an epoch that begins leaves of proposals. */
import { assert, type Hash } from '@aos/canon';
import type { Run } from '../step/run.js';
import { findKey } from '../world/keyring.js';
import { isOpen } from './governance-state.js';
import { save, write } from './voices.js';

/**
 * Open proposals stay open, and what was said about them is void: shadows and voices are about the
 * world of an epoch, and nobody said them of this one. `keyId` has signed the verb.
 */
export function voidVoices(run: Run, keyId: Hash): void {
  const { governance, keyring } = run.next;
  if (governance.open === 0) return;
  const principal = findKey(keyring, keyId)?.name;
  assert(principal !== undefined, 'admission knows the key');
  for (const proposal of [...governance.proposals.range()]) {
    const { id, shadow, voices, patchHash } = proposal;
    if (!isOpen(proposal) || (shadow === null && voices.length === 0)) continue;
    save(run, { ...proposal, state: 'proposed', shadow: null, voices: [] });
    const hash = shadow?.hash ?? patchHash;
    write(run, { id, change: 'voided', principal, hash }, run.inputPlace);
  }
}

/** Applications that wait are none of the new epoch: whoever wants one asks again. */
export function dropApplications(run: Run): void {
  for (const { cause } of run.queue.takeApplications()) {
    run.append({ kind: 'dropped', cause: run.causeOf(cause), code: 'apply-abandoned' });
  }
}

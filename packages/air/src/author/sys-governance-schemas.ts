/** The built-in schemas of drafting changes, shadowing them, and taking them back, as values. */
import { sys, sys2 } from './sys-reducer-effects.js';
import { t } from './types.js';

const proposal = { proposal_id: t.nat };
const change = { name: t.text, change: t.text };

export const governanceSchemas = {
  GovDraftParams: sys(
    'GovDraftParams',
    t.record({ base: t.option(t.hash), patch: t.option(t.text), code: t.map(t.text, t.hash) }),
  ),
  GovDraftReceipt: sys(
    'GovDraftReceipt',
    t.record({ patch_hash: t.hash, base: t.hash, manifest_hash: t.hash }),
  ),
  GovShadowParams2: sys2('GovShadowParams', t.record({ ...proposal, records: t.option(t.nat) })),
  GovShadowReceipt2: sys2(
    'GovShadowReceipt',
    t.record({
      ...proposal,
      report_hash: t.hash,
      at_seq: t.nat,
      manifest_hash: t.hash,
      refused: t.option(t.text),
      authority: t.list(t.record({ risk: t.text, part: t.text, ...change })),
      definitions: t.list(t.record({ kind: t.text, ...change })),
      warnings: t.list(t.record({ code: t.text, name: t.text })),
      effects_added: t.list(
        t.record({ fork: t.text, effect: t.text, cap: t.text, origin: t.text, count: t.nat }),
      ),
      counts: t.list(
        t.record({ fork: t.text, kind: t.text, name: t.text, base: t.nat, candidate: t.nat }),
      ),
      is_cut: t.bool,
    }),
  ),
  GovWithdrawParams: sys('GovWithdrawParams', t.record(proposal)),
  GovWithdrawReceipt: sys('GovWithdrawReceipt', t.record({ ...proposal, patch_hash: t.hash })),
} as const;

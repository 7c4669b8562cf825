/** Parameters and receipts with which a world proposes changes of itself. */
import type { TypeFields } from '../forms/type-expr.js';
import { hash, list, nat, option, record, text, words } from './builders.js';

const decision = words('approve', 'reject');

export const GOVERNANCE_SCHEMAS: TypeFields = {
  'sys/GovProposeParams@1': record({
    patch_hash: hash,
    manifest_base: option(hash),
    description: option(text),
  }),
  'sys/GovProposeReceipt@1': record({
    proposal_id: nat,
    patch_hash: hash,
    manifest_base: option(hash),
  }),
  'sys/GovShadowParams@1': record({ proposal_id: nat }),
  'sys/GovShadowReceipt@1': record({
    proposal_id: nat,
    manifest_hash: hash,
    predicted_effects: list(
      record({ kind: text, cap: text, intent_hash: hash, params_json: option(text) }),
    ),
    pending_receipts: list(record({ plan_id: nat, plan: option(text), intent_hash: hash })),
    plan_results: list(record({ plan: text, plan_id: nat, output_schema: text })),
    ledger_deltas: list(
      record({
        ledger: words('capability', 'policy'),
        name: text,
        change: words('added', 'removed', 'changed'),
      }),
    ),
  }),
  'sys/GovApproveParams@1': record({
    proposal_id: nat,
    decision,
    approver: text,
    reason: option(text),
  }),
  'sys/GovApproveReceipt@1': record({
    proposal_id: nat,
    decision,
    patch_hash: hash,
    approver: text,
    reason: option(text),
  }),
  'sys/GovApplyParams@1': record({ proposal_id: nat }),
  'sys/GovApplyReceipt@1': record({
    proposal_id: nat,
    manifest_hash_new: hash,
    patch_hash: hash,
  }),
};

/** Parameters and receipts with which a world proposes changes of itself. */
import type { TypeFields } from '../forms/type-expr.js';
import { bool, hash, list, map, nat, option, record, text, words } from './builders.js';

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
  /**
   * What has happened to a proposal, raised by the kernel alone. `change` is a word of
   * `governance-changed`; `principal` is whose act it was, `manifest` what the patch leads to.
   */
  'sys/ProposalChanged@1': record({
    proposal: nat,
    change: text,
    principal: text,
    author: text,
    base: hash,
    patch_hash: hash,
    manifest: hash,
    shadow_hash: option(hash),
  }),
  /**
   * A patch made of a document, as JSON text, and of code by the name of its module. The document
   * may leave out its base, and may be left out; code of a module that it does not bring replaces
   * that of the module in force.
   */
  'sys/GovDraftParams@1': record({
    base: option(hash),
    patch: option(text),
    code: map(text, hash),
  }),
  /** The document is an object of the world; nothing is proposed. */
  'sys/GovDraftReceipt@1': record({ patch_hash: hash, base: hash, manifest_hash: hash }),
  /** `records`: most records of the past that are run again. */
  'sys/GovShadowParams@2': record({ proposal_id: nat, records: option(nat) }),
  /**
   * What the report says, as far as a plan decides by it. `fork` is `window` or `head`; `is_cut`
   * where a run came to a limit or a list is longer than here.
   */
  'sys/GovShadowReceipt@2': record({
    proposal_id: nat,
    report_hash: hash,
    at_seq: nat,
    manifest_hash: hash,
    refused: option(text),
    authority: list(record({ risk: text, part: text, name: text, change: text })),
    definitions: list(record({ kind: text, name: text, change: text })),
    warnings: list(record({ code: text, name: text })),
    effects_added: list(record({ fork: text, effect: text, cap: text, origin: text, count: nat })),
    counts: list(record({ fork: text, kind: text, name: text, base: nat, candidate: nat })),
    is_cut: bool,
  }),
  'sys/GovWithdrawParams@1': record({ proposal_id: nat }),
  'sys/GovWithdrawReceipt@1': record({ proposal_id: nat, patch_hash: hash }),
};

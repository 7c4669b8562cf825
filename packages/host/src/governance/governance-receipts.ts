/** What plans are answered by the host about changes of their world. */
import { type Encodable, type Hash, toHashText, ZERO_HASH } from '@aos/canon';
import type { ForkReport, Proposal, ShadowReport, World } from '@aos/kernel';
import { type EffectOutcome, isReducerOrigin, okOutcome } from '@aos/protocol';
import type { PatchDraft } from './patch-draft.js';

export function draftReceipt({ patchHash, base, candidate }: PatchDraft): EffectOutcome {
  return okOutcome({
    patch_hash: toHashText(patchHash),
    base: toHashText(base),
    manifest_hash: toHashText(candidate.manifestHash),
  });
}

export function proposeReceipt({ id, patchHash, base }: Proposal): EffectOutcome {
  return okOutcome({
    proposal_id: id,
    patch_hash: toHashText(patchHash),
    manifest_base: toHashText(base),
  });
}

/** Ledgers as version 1 of the receipt knows them. */
const LEDGERS: ReadonlyMap<string, string> = new Map([
  ['grant', 'capability'],
  ['policy', 'policy'],
  ['policy-rule', 'policy'],
]);

/** Effects that are foreseen were never asked for: they have no hash. */
export function shadowReceipt(
  world: World,
  proposal: Proposal,
  report: ShadowReport,
): EffectOutcome {
  const foreseen = [report.window, report.head].flatMap((fork) => fork?.effects_added.rows ?? []);
  return okOutcome({
    proposal_id: proposal.id,
    manifest_hash: toHashText(report.candidate),
    predicted_effects: foreseen.map(({ effect, cap, params }) => ({
      kind: effect,
      cap,
      intent_hash: toHashText(ZERO_HASH),
      params_json: params,
    })),
    pending_receipts: pendingOf(world),
    plan_results: [],
    ledger_deltas: report.authority.rows.flatMap(({ part, name, change }) => {
      const ledger = LEDGERS.get(part);
      return ledger === undefined ? [] : [{ ledger, name, change }];
    }),
  });
}

/** Most open effects that a receipt tells of. */
const MAX_PENDING = 1000;

function pendingOf({ intents }: World): Encodable {
  const rows: Encodable[] = [];
  for (const { hash, waiters } of intents.range()) {
    const [origin] = waiters;
    if (origin === undefined || isReducerOrigin(origin)) continue;
    const { plan, instance } = origin;
    rows.push({ plan_id: instance.seq, plan, intent_hash: toHashText(hash) });
    if (rows.length === MAX_PENDING) break;
  }
  return rows;
}

/** In version 2: what a plan decides by. */
export function shadowReceipt2(
  proposal: Proposal,
  report: ShadowReport,
  reportHash: Hash,
): EffectOutcome {
  const { at_seq, candidate, refused, authority, definitions, warnings } = report;
  const forks = FORKS.flatMap((name) => {
    const fork = report[name];
    return fork === null ? [] : [{ name, fork }];
  });
  return okOutcome({
    proposal_id: proposal.id,
    report_hash: toHashText(reportHash),
    at_seq,
    manifest_hash: toHashText(candidate),
    refused: refused?.code ?? null,
    authority: authority.rows.map(({ risk, part, name, change }) => {
      return { risk, part, name, change };
    }),
    definitions: definitions.rows.map(({ kind, name, change }) => ({ kind, name, change })),
    warnings: warnings.rows.map((row) => {
      return { code: row.code, name: row.code === 'approver-new' ? row.name : row.reducer };
    }),
    effects_added: forks.flatMap(({ name: fork, fork: { effects_added } }) =>
      effects_added.rows.map(({ effect, cap, origin, count }) => {
        return { fork, effect, cap, origin, count };
      }),
    ),
    counts: forks.flatMap(({ name: fork, fork: { counts } }) =>
      counts.rows.map((row) => ({ fork, ...row })),
    ),
    is_cut:
      [authority, definitions, warnings].some(isCut) || forks.some(({ fork }) => isForkCut(fork)),
  });
}

const FORKS = ['window', 'head'] as const;

function isForkCut({ is_cut, effects_added, counts }: ForkReport): boolean {
  return is_cut || isCut(effects_added) || isCut(counts);
}

const isCut = ({ count, rows }: { readonly count: number; readonly rows: readonly unknown[] }) =>
  count > rows.length;

// How new code comes into force: drafted, proposed, shadowed, judged, approved by people, applied.
import {
  and,
  anyItem,
  coalesce,
  concat,
  cond,
  definePlan,
  eq,
  grant,
  gt,
  lt,
  ne,
  not,
  or,
  outcome,
  sys,
  t,
  value,
} from '@aos/air/author';
import { Written } from './parts.mjs';
import { WorkerEvent } from './worker.mjs';

/** @typedef {import('@aos/air/author').Typed<'text'>} Text */
/** @typedef {import('@aos/air/author').Typed<'bool'>} Bool */
/** @typedef {import('@aos/air/author').StepOptions} Place */
/** @typedef {typeof sys.schemas.GovShadowReceipt2} ShadowReceipt */
/**
 * @typedef {ShadowReceipt extends import('@aos/air/author').Schema<infer S>
 *   ? import('@aos/air/author').Expr<S> : never} Shadow
 */

// The code of what is called skill/…, and nothing else of the world.
const governor = grant('governor', sys.caps.governance, {
  kinds: ['draft', 'propose', 'shadow', 'apply', 'withdraw'].map((word) => `governance.${word}`),
  sections: ['modules'],
  namespaces: ['skill'],
});
const clock = grant('clock', sys.caps.timer, {});
// One file of one workspace, for whoever wants to read what was learned, and when.
const shelf = grant('shelf', sys.caps.workspace, {
  workspaces: ['skills'],
  prefixes: ['skills.ts'],
  operations: ['resolve', 'write', 'commit'],
});

const planName = 'agent/change_plan@1';

const proposers = [`world:${planName}`, 'operator', 'mallory'];

/** Two who did not make a change must approve of it. */
export const governance = /** @type {const} */ ([
  { verb: 'propose', role: 'operator', count: 1, of: proposers },
  { verb: 'approve', role: 'approver', count: 2, notOwn: true },
  { verb: 'reject', role: 'approver', count: 1 },
  { verb: 'apply', role: 'operator', count: 1, of: proposers },
]);

export const changePlan = definePlan(planName, { input: Written }, (plan, input) => {
  const { id, name, source, base, module, patch, until_ns } = input;
  const under = { grant: governor };
  /** @type {(step: string, why: Text | string, place: Place) => unknown} */
  const giveUp = (step, why, place) =>
    plan.raise(step, WorkerEvent, { GaveUp: { id, why } }, place);

  const wanted = { base, patch, code: { 'skill/Worker@1': module } };
  const drafted = plan.call('draft', sys.effects.governanceDraft, wanted, under);
  const isDrafted = isOk(outcome(drafted).status);
  giveUp('undrafted', coalesce(outcome(drafted).error, ''), { when: not(isDrafted) });
  const proposed = plan.call(
    'propose',
    sys.effects.governancePropose,
    { patch_hash: drafted.patch_hash, manifest_base: base, description: concat('learn ', name) },
    { ...under, when: isDrafted },
  );
  const isProposed = isOk(outcome(proposed).status);
  giveUp('unproposed', coalesce(outcome(proposed).error, ''), { when: not(isProposed) });
  const { proposal_id } = proposed;

  // Listened to before anybody can decide: over this proposal, or by applying another one.
  const decided = plan.awaitEvent('decided', sys.schemas.ProposalChanged, {
    where: ({ proposal, change }) =>
      cond(
        eq(proposal, proposal_id),
        or(eq(change, 'approved'), eq(change, 'rejected'), eq(change, 'withdrawn')),
        eq(change, 'applied'),
      ),
    when: isProposed,
  });
  const shadow = plan.call(
    'shadow',
    sys.effects.governanceShadow2,
    { proposal_id, records: null },
    { ...under, when: isProposed },
  );
  const why = plan.assign(
    'why_not',
    cond(isOk(outcome(shadow).status), verdict(shadow), coalesce(outcome(shadow).error, '')),
  );
  const isGood = eq(why, '');
  const takeBack = { proposal_id };
  const bad = { ...under, when: not(isGood) };
  const withdrawn = plan.call('withdraw', sys.effects.governanceWithdraw, takeBack, bad);
  giveUp('unfit', why, { after: withdrawn, when: not(isGood) });

  const late = plan.emit(
    'patience',
    sys.effects.timerSet2,
    { deliver_at_ns: until_ns, key: null },
    { grant: clock, when: isGood },
  );
  const over = plan.await('patience_over', late);
  const tooLate = { ...under, when: isOk(outcome(over).status) };
  const given = plan.call('take_back', sys.effects.governanceWithdraw, takeBack, tooLate);
  plan.assign('taken_back', outcome(given).status);

  const heard = plan.cancel('heard', [late], { after: decided, when: isGood });
  const isApproved = and(isGood, eq(decided.change, 'approved'));
  const isRefused = and(isGood, ne(decided.change, 'approved'));
  const applied = plan.call('apply', sys.effects.governanceApply, takeBack, {
    ...under,
    after: heard,
    when: isApproved,
  });
  const isApplied = isOk(outcome(applied).status);
  giveUp('unapplied', coalesce(outcome(applied).error, ''), { when: not(isApplied) });
  const learned = plan.raise(
    'learned',
    WorkerEvent,
    { Learned: { id, source } },
    { when: isApplied },
  );

  const workspace = 'skills';
  const head = plan.call(
    'head',
    sys.effects.workspaceResolve,
    { workspace },
    { grant: shelf, after: learned, when: isApplied },
  );
  const file = plan.call(
    'file',
    sys.effects.workspaceWrite,
    { workspace, root: head.root, path: 'skills.ts', content: { text: source } },
    { grant: shelf, when: isOk(outcome(head).status) },
  );
  const kept = plan.call(
    'keep',
    sys.effects.workspaceCommit,
    { workspace, root: file.root, expected_head: head.head, message: concat('learn ', name) },
    { grant: shelf, when: isOk(outcome(file).status) },
  );
  plan.assign('kept', outcome(kept).status);
  const isOvertaken = ne(decided.proposal, proposal_id);
  const isOurs = eq(decided.principal, `world:${planName}`);
  const isLate = and(eq(decided.change, 'withdrawn'), isOurs);
  const reason = cond(isLate, word('not-approved-in-time'), decided.change);
  giveUp('unapproved', cond(isOvertaken, word('overtaken'), reason), {
    after: heard,
    when: isRefused,
  });
  const dropped = plan.call('drop', sys.effects.governanceWithdraw, takeBack, {
    ...under,
    after: heard,
    when: and(isGood, isOvertaken),
  });
  plan.assign('dropped', outcome(dropped).status);
});

/** @param {Text} status */
function isOk(status) {
  return eq(status, 'ok');
}

/** @param {string} text */
function word(text) {
  return value(t.text, text);
}

/**
 * Why a report speaks against its change; empty where it does not.
 * @param {Shadow} report
 */
function verdict({ refused, authority, counts, effects_added }) {
  const grows = anyItem(authority, ({ risk }) => ne(risk, 'narrower'));
  const asksForMore = anyItem(effects_added, ({ count }) => gt(count, 0));
  const fails = anyItem(counts, ({ kind, base, candidate }) =>
    and(eq(kind, 'fault'), lt(base, candidate)),
  );
  // what the world could not do is in its recent past, and was run again with the new code
  const helps = anyItem(counts, ({ kind, name, base, candidate }) =>
    and(eq(kind, 'event'), eq(name, 'work/Cannot@1'), lt(candidate, base)),
  );
  return firstOf(
    [ne(refused, null), coalesce(refused, '')],
    [grows, word('authority-grows')],
    [fails, word('shadow-fails')],
    [not(helps), word('shadow-no-better')],
    [asksForMore, word('asks-for-more')],
  );
}

/**
 * The word of the first condition that holds, empty where none does.
 * @param {readonly (readonly [Bool, Text])[]} findings
 * @returns {Text}
 */
function firstOf(...[first, ...others]) {
  return first === undefined ? word('') : cond(first[0], first[1], firstOf(...others));
}

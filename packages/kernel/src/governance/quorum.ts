/**
 * Who may do what with a proposal, by the rules of the policy that is in force (decision 0006).
 *
 * Q1. Every rule of a verb must be met; a verb without rules needs one operator.
 * Q2. Who counts for a rule: a key that is in the keyring now, unrevoked, with the rule's role,
 *     named in `of` where that is there; with `not_own` never the author.
 * Q3. A plan of the world counts for rules that name it in `of`, and for no other.
 */
import type { GovernanceRule } from '@aos/air';
import { findKey, type KeyState } from '../world/keyring.js';
import type { World } from '../world/world.js';
import type { Principal, Proposal, Voice } from './proposal.js';

export type GovernedVerb = GovernanceRule['verb'];

type Rule = Omit<GovernanceRule, 'verb'>;

/** Those of a verb that has none of its own. */
export const DEFAULT_RULES: readonly Rule[] = [{ role: 'operator', count: 1 }];

/** The rules of a verb, never none. */
function rulesOf(world: World, verb: GovernedVerb): readonly Rule[] {
  const { definition } = world.program;
  const policy = definition.manifest.defaults?.policy;
  const rules =
    policy === undefined ? [] : (definition.find('defpolicy', policy)?.governance ?? []);
  const own = rules.filter((rule) => rule.verb === verb);
  return own.length === 0 ? DEFAULT_RULES : own;
}

/** The code why a principal may not do this alone, with the rule; undefined when it may. */
export function checkActor(
  world: World,
  verb: GovernedVerb,
  actor: Principal,
  author: Principal | undefined,
): { readonly code: string; readonly detail: string } | undefined {
  for (const rule of rulesOf(world, verb)) {
    const code = obstacle(world, rule, actor, author);
    if (code !== undefined) {
      return { code, detail: `${actor.name} may not ${verb}: needed is ${describe(rule)}` };
    }
  }
  return undefined;
}

/** Whether a voice of a principal would count for any rule; the code of the first rule if not. */
export function checkVoice(
  world: World,
  verb: 'approve' | 'reject',
  actor: Principal,
  author: Principal,
): { readonly code: string; readonly detail: string } | undefined {
  const rules = rulesOf(world, verb);
  const codes = rules.map((rule) => obstacle(world, rule, actor, author));
  const [first] = codes;
  if (first === undefined || codes.some((code) => code === undefined)) return undefined;
  const needed = rules.map(describe).join('; ');
  return { code: first, detail: `${actor.name} may not ${verb} this: needed is ${needed}` };
}

/** Whether the voices of a proposal are enough now. */
export function hasQuorum(
  world: World,
  verb: 'approve' | 'reject',
  proposal: Proposal,
  nowNs: bigint,
): boolean {
  const voices = proposal.voices.filter(
    (voice) => voice.decision === verb && !isLate(voice, nowNs),
  );
  return rulesOf(world, verb).every((rule) => {
    const counted = voices.filter(
      (voice) => obstacle(world, rule, voice, proposal.author) === undefined,
    );
    return new Set(counted.map(({ name }) => name)).size >= rule.count;
  });
}

/** How a rule stands with a proposal. */
export interface RuleStanding {
  readonly role: string;
  readonly count: number;
  readonly of: readonly string[] | null;
  readonly notOwn: boolean;
  /** Names whose voices count now. */
  readonly counted: readonly string[];
  /** Names that could speak and have not: keys that are valid, and plans that are named. */
  readonly could: readonly string[];
}

/** How each rule of a verb stands; it is met when as many are counted as it asks for. */
export function quorumOf(
  world: World,
  verb: 'approve' | 'reject',
  proposal: Proposal,
  nowNs: bigint,
): readonly RuleStanding[] {
  const keys = world.keyring.map(({ name, keyId }): Principal => ({ name, keyId }));
  return rulesOf(world, verb).map((rule) => {
    const plans = (rule.of ?? []).filter((name) => name.startsWith('world:'));
    const may = (actor: Principal) => obstacle(world, rule, actor, proposal.author) === undefined;
    const voices = proposal.voices.filter(
      (voice) => voice.decision === verb && !isLate(voice, nowNs) && may(voice),
    );
    const counted = [...new Set(voices.map(({ name }) => name))];
    const others = [...keys, ...plans.map((name): Principal => ({ name, keyId: null }))];
    const could = others.filter((each) => !counted.includes(each.name) && may(each));
    return {
      ...{ role: rule.role, count: rule.count, of: rule.of ?? null },
      ...{ notOwn: rule.not_own === true, counted, could: could.map(({ name }) => name) },
    };
  });
}

/** Keys that may approve, and that came after the last change that was applied was proposed. */
export function newApprovers(world: World): readonly KeyState[] {
  const rules = rulesOf(world, 'approve');
  const since = lastApplied(world)?.at ?? -1;
  return world.keyring.filter(({ name, keyId, addedAt }) => {
    const may = (rule: Rule) => obstacle(world, rule, { name, keyId }, undefined) === undefined;
    return addedAt > since && rules.some(may);
  });
}

function lastApplied({ governance }: World): Proposal | undefined {
  for (const proposal of governance.proposals.range({ reverse: 'reverse' })) {
    if (proposal.state === 'applied') return proposal;
  }
  return undefined;
}

export function isLate({ expiresNs }: Pick<Voice, 'expiresNs'>, nowNs: bigint): boolean {
  return expiresNs !== undefined && expiresNs <= nowNs;
}

/** Codes: `governance-own`, `governance-not-named`, `governance-role`. */
function obstacle(
  world: World,
  rule: Rule,
  actor: Principal,
  author: Principal | undefined,
): string | undefined {
  if (rule.not_own === true && author !== undefined && isSame(actor, author)) {
    return 'governance-own';
  }
  if (actor.keyId === null) {
    return rule.of?.includes(actor.name) === true ? undefined : 'governance-not-named';
  }
  const key = findKey(world.keyring, actor.keyId);
  const holds = key !== undefined && key.revokedAt === null && key.roles.includes(rule.role);
  if (!holds) return 'governance-role';
  return rule.of?.includes(key.name) === false ? 'governance-not-named' : undefined;
}

/** Two keys of one name are one principal. */
function isSame(a: Principal, b: Principal): boolean {
  return a.name === b.name;
}

function describe({ role, count, of, not_own }: Rule): string {
  const who = of === undefined ? `${count} with the role ${role}` : `${count} of ${of.join(', ')}`;
  return not_own === true ? `${who}, and not the author` : who;
}

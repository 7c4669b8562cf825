/** The enforcers that compare names: blobs, queries, secrets, languages, governance. */
import type { Denial } from '../decision.js';
import {
  type CapParams,
  type CheckedEffect,
  type Constraint,
  denial,
  kindMismatch,
  nameValues,
  paramsInvalid,
} from './constraint.js';

/** One parameter of an effect, the constraint it must meet, and the code when it does not. */
interface NamedParam {
  readonly param: string;
  readonly constraint: string;
  readonly allowed: ReadonlySet<string> | undefined;
  readonly code: string;
}

const BLOB_KINDS = ['blob.put', 'blob.get', 'blob.write', 'blob.read', 'blob.exists'] as const;
const SECRET_KINDS = ['vault.put', 'vault.rotate'] as const;

/** `sys/CapEnforceBlob@1`: namespaces. */
export function blob(params: CapParams): Constraint | undefined {
  const allowed = params.texts('namespaces');
  const code = 'namespace-not-allowed';
  const named = [{ param: 'namespace', constraint: 'namespaces', allowed, code }];
  return params.isWhole() ? checkNamesOf(BLOB_KINDS, named) : undefined;
}

/** `sys/CapEnforceSecret@1`: aliases and what the vault knows them by. */
export function secret(params: CapParams): Constraint | undefined {
  const aliases = params.texts('aliases');
  const bindings = params.texts('binding_ids');
  const named: NamedParam[] = [
    { param: 'alias', constraint: 'aliases', allowed: aliases, code: 'alias-not-allowed' },
    {
      param: 'binding_id',
      constraint: 'binding_ids',
      allowed: bindings,
      code: 'binding-not-allowed',
    },
  ];
  return params.isWhole() ? checkNamesOf(SECRET_KINDS, named) : undefined;
}

/** `sys/CapEnforceQuery@1`: kinds of questions, and the reducers that they may be about. */
export function query(params: CapParams): Constraint | undefined {
  const kinds = params.texts('kinds');
  const allowed = params.texts('reducers');
  const code = 'reducer-not-allowed';
  const named = [{ param: 'reducer', constraint: 'reducers', allowed, code }];
  if (!params.isWhole()) return undefined;
  return (effect, grant) =>
    checkKind(effect, kinds, grant) ??
    (effect.params.fields().has('reducer') ? checkNames(effect, named, grant) : undefined);
}

/** `sys/CapEnforceCompile@1`: languages of sources. */
export function compile(params: CapParams): Constraint | undefined {
  const allowed = params.texts('languages');
  const code = 'language-not-allowed';
  const named = [{ param: 'language', constraint: 'languages', allowed, code }];
  return params.isWhole() ? checkNamesOf(['compile.reducer'], named) : undefined;
}

/**
 * `sys/CapEnforceGovernance@1`: kinds of verbs. What a patch may touch is asked when it is
 * proposed: it does not stand in the parameters of an effect.
 */
export function governance(kinds: ReadonlySet<string> | undefined): Constraint {
  return (effect, grant) => checkKind(effect, kinds, grant);
}

function checkKind(
  effect: CheckedEffect,
  kinds: ReadonlySet<string> | undefined,
  grant: string,
): Denial | undefined {
  if (kinds === undefined || kinds.has(effect.kind)) return undefined;
  const advice = `add ${effect.kind} to kinds, or ask for ${nameValues(kinds)}`;
  return denial('kind-not-allowed', grant, 'kinds', advice);
}

function checkNames(
  effect: CheckedEffect,
  named: readonly NamedParam[],
  grant: string,
): Denial | undefined {
  for (const { param, constraint, allowed, code } of named) {
    const value = effect.params.fields().get(param);
    if (allowed === undefined) continue;
    if (typeof value !== 'string') return paramsInvalid(param, 'a text');
    if (allowed.has(value)) continue;
    const advice = `add ${value} to ${constraint}, or use ${nameValues(allowed)}`;
    return denial(code, grant, constraint, advice);
  }
  return undefined;
}

/** A constraint on named parameters of these kinds, and of no others. */
function checkNamesOf(kinds: readonly string[], named: readonly NamedParam[]): Constraint {
  return (effect, grant) =>
    kinds.includes(effect.kind)
      ? checkNames(effect, named, grant)
      : kindMismatch(grant, effect.kind, kinds);
}

/**
 * `sys/CapEnforceWorkspace@1`: names of workspaces, operations on them, and the paths these touch.
 *
 * 1. A path is looked at as it stands: one that is not in the plain form that paths have is no path
 *    under any prefix.
 * 2. Mounts (names that begin with a slash) show what is not in a workspace, so a grant allows only
 *    those that it names.
 * 3. What a commit touches does not stand in its parameters. Whoever runs it asks this constraint
 *    about each change, as the write or removal that it is.
 */
import type { Value } from '@aos/canon';
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

const NAMESPACE = 'workspace.';
const KINDS = [`${NAMESPACE}*`] as const;

/** Operations whose parameters have no path. */
const WITHOUT_PATH: ReadonlySet<string> = new Set(['resolve', 'empty_root', 'commit']);

interface Limits {
  readonly workspaces: ReadonlySet<string> | undefined;
  readonly prefixes: ReadonlySet<string> | undefined;
  readonly operations: ReadonlySet<string> | undefined;
}

export function workspace(params: CapParams): Constraint | undefined {
  const limits = {
    workspaces: params.texts('workspaces'),
    prefixes: params.texts('prefixes', spellPrefix),
    operations: params.texts('operations'),
  };
  return params.isWhole() ? (effect, grant) => checkEffect(effect, limits, grant) : undefined;
}

function checkEffect(
  { kind, params }: CheckedEffect,
  limits: Limits,
  grant: string,
): Denial | undefined {
  if (!kind.startsWith(NAMESPACE)) return kindMismatch(grant, kind, KINDS);
  const operation = kind.slice(NAMESPACE.length);
  const fields = params.fields();
  return (
    checkOperation(operation, limits, grant) ??
    checkWorkspace(fields.get('workspace'), limits, grant) ??
    (WITHOUT_PATH.has(operation) ? undefined : checkPath(fields.get('path'), limits, grant))
  );
}

function checkOperation(operation: string, { operations }: Limits, grant: string) {
  if (operations === undefined || operations.has(operation)) return undefined;
  const advice = `add ${operation} to operations, or do ${nameValues(operations)}`;
  return denial('operation-not-allowed', grant, 'operations', advice);
}

function checkWorkspace(name: Value | undefined, { workspaces }: Limits, grant: string) {
  if (typeof name !== 'string') return paramsInvalid('workspace', 'a text');
  const isMount = name.startsWith('/');
  if (workspaces === undefined ? !isMount : workspaces.has(name)) return undefined;
  const others = workspaces && `, or use ${nameValues(workspaces)}`;
  const advice = `add ${name} to workspaces${others ?? ''}`;
  return denial('workspace-not-allowed', grant, 'workspaces', advice);
}

function checkPath(path: Value | undefined, { prefixes }: Limits, grant: string) {
  if (prefixes === undefined) return undefined;
  if (typeof path !== 'string') return paramsInvalid('path', 'a text');
  const isWithin = isPlain(path) && [...prefixes].some((prefix) => isUnder(path, prefix));
  if (isWithin) return undefined;
  const advice = `add a prefix of the path to prefixes: ${nameValues(prefixes)}`;
  return denial('path-not-allowed', grant, 'prefixes', advice);
}

/** `skills` allows `skills` and `skills/x`, not `skills2`. */
function isUnder(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

/** One slash at the end of a prefix says nothing more. */
function spellPrefix(prefix: string): string | undefined {
  const spelled = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
  return isPlain(spelled) ? spelled : undefined;
}

/** Names between single slashes, none of which leads elsewhere. */
function isPlain(path: string): boolean {
  return path.split('/').every((name) => name !== '' && name !== '.' && name !== '..');
}

/** What air finds wrong with a draft, as the one refusal that its author gets. */
import type { diffWorlds, Finding, JsonValue } from '@aos/air';
import { type Result, refuse } from '@aos/canon';

/** Code: `patch-empty`. */
export function notEmpty(diff: ReturnType<typeof diffWorlds>): Result<JsonValue> {
  if (!diff.ok) return diff;
  if (diff.value !== undefined) return { ok: true, value: diff.value as JsonValue };
  return refuse('patch-empty', '', 'nothing differs from the definition in force');
}

/** The first error; the others are told with it. */
export function refuseFinding(findings: readonly Finding[]): Result<never> {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const { code = 'patch-base', path = '', message = '' } = first ?? {};
  return refuse(code, path, `${message}${more}`);
}

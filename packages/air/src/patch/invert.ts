/** Inverting: the patch that takes a world back. */
import { type Result, refuse } from '@aos/canon';
import type { PatchDocument } from '../forms/patch.js';
import type { JsonValue } from '../json/value.js';
import { compilePatch, type PatchBase } from './compile.js';
import { diffWorlds } from './diff.js';

/**
 * The patch document that turns the candidate of a patch into its base again; `undefined` when the
 * patch changes nothing. Codes: the first finding of a patch that does not compile, and those of
 * {@link diffWorlds}.
 */
export function invertPatch(json: JsonValue, base: PatchBase): Result<PatchDocument | undefined> {
  const outcome = compilePatch(json, base);
  if (outcome.ok) return diffWorlds(outcome.patch.candidate, base.world);
  const found = outcome.findings.find(({ severity }) => severity === 'error');
  return refuse(found?.code ?? 'patch-base', found?.path ?? '', found?.message ?? '');
}

/** Inputs of the past as they come to a run whose intents have other hashes. */
import type { Hash } from '@aos/canon';
import { parseVerb, verbArgs } from '@aos/protocol';
import type { AdmittedInput, RawReceipt } from '../../admit/admitted.js';
import type { OpenIntent } from '../../gate/open-intent.js';
import type { World } from '../../world/world.js';

type Rebindable = Exclude<AdmittedInput, RawReceipt>;

/** What of a receipt or frame names its intent. */
export function bodyOf({ worldId, epoch }: World, { hash, attempt }: OpenIntent) {
  return { worldId, epoch, intentHash: hash, attempt };
}

/**
 * The input for the run, or undefined where it is about nothing there. What changes the definition
 * is left out: a shadow is about one change.
 */
export function rebind(
  world: World,
  input: Rebindable,
  boundTo: (past: Hash) => Hash | undefined,
): Rebindable | undefined {
  if (input.kind === 'stream-frame') return rebindFrame(world, input, boundTo);
  if (input.kind !== 'governance') return input;
  const verb = parseVerb(input.verb, input.args);
  if (!verb.ok || verb.value.verb !== 'approve-intent') return undefined;
  const intentHash = boundTo(verb.value.intentHash);
  if (intentHash === undefined) return undefined;
  return { ...input, args: verbArgs({ ...verb.value, intentHash }) };
}

function rebindFrame(
  world: World,
  input: Extract<Rebindable, { readonly kind: 'stream-frame' }>,
  boundTo: (past: Hash) => Hash | undefined,
): Rebindable | undefined {
  const hash = boundTo(input.frame.intentHash);
  const intent = hash && world.intents.get(hash);
  if (intent?.state !== 'released') return undefined;
  return { ...input, frame: { ...input.frame, ...bodyOf(world, intent) } };
}

/** Changes of a world's definition, step by step, each signed by who takes it. */
import { type Hash, parseHashText } from '@aos/canon';
import { readAuthoringFolder } from '@aos/host';
import type {
  ControlResult,
  DraftArgs,
  GovernanceArgs,
  GovernanceVerb,
  ProposalRef,
  Verb,
} from '@aos/protocol';
import { exampleFolder } from '../places.js';
import type { Authored } from './rung.js';
import type { Stage } from './stage.js';

/** A proposal and its shadow, as approvals bind them. */
export interface Change {
  readonly ref: ProposalRef;
  readonly shadowHash: Hash;
  /** The report of the shadow, for people. */
  readonly lines: readonly string[];
  readonly report: ControlResult<'governance.shadow'>['report'];
}

/** What leads to the AIR of a folder; its code may be that of another one. */
export function draftOf(to: Authored, ...codeOf: readonly Authored[]): DraftArgs {
  const { documents } = readAuthoringFolder(exampleFolder(to.folder));
  const modules = new Map<string, Uint8Array>();
  for (const { folder } of [...codeOf, to]) {
    const found = readAuthoringFolder(exampleFolder(folder));
    for (const [name, bytes] of found.modules) modules.set(name, bytes);
  }
  const named = [...modules].map(([name, bytes]) => ({ name, bytes }));
  return { documents: [...documents], modules: named };
}

/** Proposes a change, and finds out what it would do. */
export async function propose(
  stage: Stage,
  by: string,
  { draft, description }: { readonly draft: DraftArgs; readonly description: string },
): Promise<Change> {
  const { base, patch_hash } = await stage.ask('governance.draft', draft);
  const about = { base: hashOf(base), patchHash: hashOf(patch_hash) };
  const proposing = await signed(stage, by, { verb: 'propose', ...about, description });
  const { proposal } = await stage.ask('governance.propose', proposing);
  if (proposal === null) throw new Error('the proposal has no number');
  const ref = { proposal, ...about };
  const shadow = await stage.ask('governance.shadow', { proposal });
  const { lines, report, at_seq: atSeq } = shadow;
  const shadowHash = hashOf(shadow.shadow_hash);
  const seen = await signed(stage, by, { verb: 'shadowed', ...ref, shadowHash, atSeq });
  await stage.ask('governance.shadowed', seen);
  return { ref, shadowHash, lines, report };
}

/** The arguments of an approval by somebody. */
export const approval = (
  stage: Stage,
  by: string,
  { ref, shadowHash }: Change,
): Promise<GovernanceArgs> => signed(stage, by, { verb: 'approve', ...ref, shadowHash });

/** Puts a change into force. */
export async function apply(stage: Stage, by: string, { ref }: Change): Promise<void> {
  const { proposal } = ref;
  await stage.ask('governance.apply', await signed(stage, by, { verb: 'apply', proposal }));
  const { proposal: found } = await stage.ask('governance.show', { proposal });
  if (found.state !== 'applied') throw new Error(`proposal ${proposal} is still ${found.state}`);
}

type Role = 'adapter' | 'approver' | 'operator';

/** Lets somebody into the keyring. */
export async function admit(stage: Stage, name: string, ...roles: readonly Role[]): Promise<void> {
  const { publicKey } = stage.signer(name);
  const says: Verb = { verb: 'keyring-add', publicKey, name, roles };
  await stage.ask('verb.send', await stage.sign('operator', says));
}

/** Arguments of what somebody says to the governance of the world. */
export async function signed(
  stage: Stage,
  by: string,
  says: GovernanceVerb,
): Promise<GovernanceArgs> {
  const { verb: _, ...args } = await stage.sign(by, says);
  return args;
}

function hashOf(text: string): Hash {
  const hash = parseHashText(text);
  if (hash.ok) return hash.value;
  throw new Error(hash.refusal.detail);
}

/**
 * A scratch world that becomes what its authoring folder says, by the way that every world changes:
 * proposed, shadowed, approved and applied. Its state stays.
 *
 * The rules of the world hold. Whoever develops has the keys of all whom they ask for: those that
 * are not there are made, beside the scratch world, and let in by the operator.
 */
import { sha256, toHex, utf8 } from '@aos/canon';
import { ensureKey, readAuthoringFolder, type Signer } from '@aos/host';
import type { GovernanceVerb, ProposalShape, QuorumShape } from '@aos/protocol';
import { hashOf, submitVerb } from '../access/signed-verbs.js';
import type { Asked } from '../access/with-access.js';
import {
  findProposal,
  type OneProposalVerb,
  refOf,
  sayAbout,
  signGovernance,
} from '../commands/governance/signing.js';
import { signerOf } from '../compose/keys.js';
import { CliError } from '../output.js';

export type Evolved =
  | { readonly kind: 'changed'; readonly proposal: number; readonly manifest: string }
  | { readonly kind: 'unchanged' }
  /** The state cannot follow, or the rules do not let it: why, as a code and for people. */
  | { readonly kind: 'stuck'; readonly code: string; readonly message: string };

export interface ScratchWorld {
  readonly asked: Asked;
  readonly directory: string;
  /** Where keys are made for those whom the rules ask for. */
  readonly keyHome: string;
}

/** Throws CliError for a folder whose definition is not valid: then nothing was proposed. */
export async function evolve(world: ScratchWorld, folder: string): Promise<Evolved> {
  const { documents, modules } = readAuthoringFolder(folder);
  const named = [...modules].map(([name, bytes]) => ({ name, bytes }));
  try {
    const draft = { documents: [...documents], modules: named };
    const { base, patch_hash } = await world.asked.call('governance.draft', draft);
    const about = { base: hashOf(base), patchHash: hashOf(patch_hash) };
    return await change(world, { verb: 'propose', ...about, description: 'aos dev' });
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const { code, message } = error;
    if (code === 'patch-empty') return { kind: 'unchanged' };
    if (code === 'patch-inexpressible') return { kind: 'stuck', code, message };
    throw error;
  }
}

async function change(world: ScratchWorld, says: GovernanceVerb): Promise<Evolved> {
  const { asked } = world;
  const operator = signerOf(world.directory, 'operator');
  try {
    const signed = await signGovernance(asked, operator, says);
    const { proposal } = await asked.call('governance.propose', signed);
    if (proposal === null) throw new CliError('control-result', 'the proposal has no number');
    const stuck = await shadow(asked, operator, proposal);
    if (stuck !== undefined) return stuck;
    await approve(world, operator, proposal);
    await sayAbout(asked, operator, { verb: 'apply', proposal });
    const { state, manifest } = await findProposal(asked, proposal);
    if (state === 'applied') return { kind: 'changed', proposal, manifest };
    const message = `the change is ${state} and could not be applied`;
    return { kind: 'stuck', code: 'proposal-not-applied', message };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { kind: 'stuck', code: error.code, message: error.message };
  }
}

/** What stands against applying the change is known before anybody approves. */
async function shadow(
  asked: Asked,
  operator: Signer,
  proposal: number,
): Promise<Evolved | undefined> {
  const found = await asked.call('governance.shadow', { proposal });
  const { base, patch_hash, shadow_hash, at_seq: atSeq, report } = found;
  const { refused } = report as { readonly refused: { code: string; at: string } | null };
  if (refused !== null) {
    const message = `states of ${refused.at} cannot follow: list a migration to keep them`;
    return { kind: 'stuck', code: refused.code, message };
  }
  const about = { proposal, base: hashOf(base), patchHash: hashOf(patch_hash), atSeq };
  const shadowHash = hashOf(shadow_hash);
  await sayAbout(asked, operator, { verb: 'shadowed', ...about, shadowHash });
  return undefined;
}

async function approve(world: ScratchWorld, operator: Signer, proposal: number): Promise<void> {
  const { asked } = world;
  for (;;) {
    const shape = await findProposal(asked, proposal);
    const rule = shape.quorum.find(({ count, counted }) => counted.length < count);
    if (rule === undefined) return;
    const signer = await voiceFor(world, operator, { rule, shape });
    await sayAbout(asked, signer, approvalOf(shape));
  }
}

function approvalOf(shape: ProposalShape): OneProposalVerb {
  return { verb: 'approve', ...refOf(shape), shadowHash: hashOf(shape.shadow?.hash ?? '') };
}

/** Somebody who counts for a rule and has not spoken; made and let in if need be. */
async function voiceFor(
  { asked, directory, keyHome }: ScratchWorld,
  operator: Signer,
  { rule, shape }: { readonly rule: QuorumShape; readonly shape: ProposalShape },
): Promise<Signer> {
  const own = rule.could.find((name) => !name.startsWith('world:'));
  if (own === 'operator') return operator;
  if (own !== undefined) return ensureKey(keyHome, fileName(own), { outside: directory });
  const spoken = new Set([...rule.counted, ...(rule.not_own ? [shape.author] : [])]);
  const names = rule.of ?? inventedNames(rule);
  const name = names.find((each) => !each.startsWith('world:') && !spoken.has(each));
  if (name === undefined) {
    const message = `nobody here can approve as the rule asks: ${rule.count} as ${rule.role}`;
    throw new CliError('governance-not-named', message);
  }
  const signer = ensureKey(keyHome, fileName(name), { outside: directory });
  const { publicKey } = signer;
  const roles = [rule.role as 'approver'];
  await submitVerb(asked, operator, { verb: 'keyring-add', publicKey, name, roles });
  return signer;
}

function inventedNames({ count, role }: QuorumShape): readonly string[] {
  return Array.from({ length: count + 1 }, (_, n) => `dev-${role}-${n + 1}`);
}

/** Names of principals are any text, those of key files are not. */
const fileName = (name: string): string => toHex(sha256(utf8(name)));

/** `aos governance propose` and `rollback`: from a patch or a folder to a proposal. */
import { readFileSync } from 'node:fs';
import { readAuthoringFolder } from '@aos/host';
import type { DraftArgs } from '@aos/protocol';
import { ackOf, hashOf } from '../../access/signed-verbs.js';
import { withAccess } from '../../access/with-access.js';
import { describeAck } from '../../acks.js';
import { signerOf } from '../../compose/keys.js';
import { type Answer, CliError } from '../../output.js';
import { readTextFile } from '../../text-files.js';
import { type SignOptions, signGovernance } from './signing.js';

export interface ProposeOptions extends SignOptions {
  /** What the change is for. */
  readonly message?: string;
  /** Folder with the AIR that the patch is to lead to. */
  readonly folder?: string;
  /** `<name>=<file>`: code that the patch brings. */
  readonly module?: readonly string[];
}

export async function propose(
  path: string,
  file: string | undefined,
  options: ProposeOptions,
): Promise<Answer> {
  return proposeDraft(path, draftOf(file, options), options);
}

export interface RollbackOptions extends ProposeOptions {
  /** `<reducer>=<file>`: code from the states of now to those of before. */
  readonly migration?: readonly string[];
}

/** Leads back from an applied proposal, as a proposal of its own. */
export async function rollBack(
  path: string,
  rollback: number,
  options: RollbackOptions,
): Promise<Answer> {
  const { message = `back to before proposal ${rollback}`, folder, migration = [] } = options;
  const migrations = migration.map(readModule).map(({ name: reducer, bytes }) => {
    return { reducer, bytes };
  });
  const args = { rollback, migrations, ...partsOf(folder, options.module) };
  return proposeDraft(path, args, { ...options, message });
}

function draftOf(file: string | undefined, { folder, module = [] }: ProposeOptions): DraftArgs {
  if ((file === undefined) === (folder === undefined)) {
    throw new CliError('usage', 'expected either the file of a patch or --folder');
  }
  if (file === undefined) return partsOf(folder, module);
  return { json: readTextFile(file), modules: module.map(readModule) };
}

/** What a folder holds, and code beside it. */
function partsOf(folder: string | undefined, module: readonly string[] = []): DraftArgs {
  const modules = module.map(readModule);
  if (folder === undefined) return { modules };
  const read = readAuthoringFolder(folder);
  const own = [...read.modules].map(([name, bytes]) => ({ name, bytes }));
  return { documents: [...read.documents], modules: [...own, ...modules] };
}

function readModule(given: string): { readonly name: string; readonly bytes: Uint8Array } {
  const at = given.indexOf('=');
  if (at > 0) return { name: given.slice(0, at), bytes: readFileSync(given.slice(at + 1)) };
  throw new CliError('usage', `expected <name>=<file>, found '${given}'`);
}

async function proposeDraft(
  path: string,
  args: DraftArgs,
  { as, message: description = '' }: Pick<ProposeOptions, 'as' | 'message'>,
): Promise<Answer> {
  const signer = signerOf(path, as);
  return withAccess(path, 'write', async (asked) => {
    const { base, patch_hash, manifest, warnings } = await asked.call('governance.draft', args);
    const about = { base: hashOf(base), patchHash: hashOf(patch_hash), description };
    const signed = await signGovernance(asked, signer, { verb: 'propose', ...about });
    const sent = await asked.call('governance.propose', signed);
    const ack = ackOf(sent);
    const { data, lines } = describeAck(ack);
    const { proposal } = sent;
    return {
      data: { ...data, proposal, base, patch_hash, manifest },
      lines: [
        `proposal ${proposal}`,
        `  patch ${patch_hash}`,
        `  from  ${base}`,
        `  to    ${manifest}`,
        ...lines,
        `next: aos governance shadow ${proposal}`,
      ],
      warnings,
      done: `proposal ${proposal} is durable as record ${ack.seq}`,
    };
  });
}

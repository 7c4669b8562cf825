/** `aos governance shadow`: what a proposal would have done, and would do now. */
import { parseJson } from '@aos/air';
import type { ShadowArgs } from '@aos/protocol';
import { hashOf } from '../../access/signed-verbs.js';
import { withAccess } from '../../access/with-access.js';
import { describeAck } from '../../acks.js';
import { signerOf } from '../../compose/keys.js';
import { dataOf } from '../../json-values.js';
import { type Answer, CliError } from '../../output.js';
import { readTextFile } from '../../text-files.js';
import { type SignOptions, sayAbout } from './signing.js';

export interface ShadowOptions extends SignOptions {
  readonly records?: number;
  /** `<schema>=<json>`. */
  readonly seed?: readonly string[];
  /** File with a list of `{effect, origin?, status, receipt}`. */
  readonly scripts?: string;
  /** False: the report is shown and not signed. */
  readonly sign: boolean;
}

export async function shadowProposal(
  path: string,
  proposal: number,
  options: ShadowOptions,
): Promise<Answer> {
  const { as, sign, records, seed = [], scripts } = options;
  const signer = sign ? signerOf(path, as) : undefined;
  const args: ShadowArgs = {
    proposal,
    ...(records === undefined ? {} : { records }),
    seeds: seed.map(seedOf),
    scripts: scripts === undefined ? [] : readScripts(scripts),
  };
  return withAccess(path, 'write', async (asked) => {
    const shadow = await asked.call('governance.shadow', args);
    const { base, patch_hash, shadow_hash, at_seq: atSeq, report, lines } = shadow;
    const data = { proposal, base, patch_hash, shadow_hash, at_seq: atSeq, report: dataOf(report) };
    if (signer === undefined) return { data: { ...data, seq: null }, lines };
    const about = { proposal, base: hashOf(base), patchHash: hashOf(patch_hash), atSeq };
    const says = { verb: 'shadowed', ...about, shadowHash: hashOf(shadow_hash) } as const;
    const ack = await sayAbout(asked, signer, says);
    return {
      data: { ...describeAck(ack).data, ...data },
      lines: [...lines, ...describeAck(ack).lines, `next: aos governance approve ${proposal}`],
      done: `the shadow is durable as record ${ack.seq}`,
    };
  });
}

function seedOf(given: string): { readonly schema: string; readonly json: string } {
  const at = given.indexOf('=');
  if (at > 0) return { schema: given.slice(0, at), json: given.slice(at + 1) };
  throw new CliError('usage', `expected <schema>=<json>, found '${given}'`);
}

interface Script {
  readonly effect: string;
  readonly origin?: string;
  readonly status: string;
  readonly receipt: unknown;
}

function readScripts(file: string): NonNullable<ShadowArgs['scripts']> {
  const text = readTextFile(file);
  const parsed = parseJson(text);
  if (!parsed.ok) throw CliError.of(parsed.refusal);
  const list = JSON.parse(text) as unknown;
  if (!Array.isArray(list)) throw new CliError('usage', `expected a list of receipts in '${file}'`);
  return (list as readonly Script[]).map(({ receipt, ...script }) => ({
    ...script,
    json: JSON.stringify(receipt ?? null),
  }));
}

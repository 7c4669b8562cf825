/** `aos governance shadow`: what a proposal would have done, and would do now. */
import { parseJson } from '@aos/air';
import type { Signer } from '@aos/host';
import type { ShadowArgs, ShadowShape } from '@aos/protocol';
import { hashOf } from '../../access/signed-verbs.js';
import { type Asked, withAccess } from '../../access/with-access.js';
import { describeAck } from '../../acks.js';
import { signerOf } from '../../compose/keys.js';
import { dataOf } from '../../json-values.js';
import { type Answer, CliError } from '../../output.js';
import { readTextFile } from '../../text-files.js';
import { type SignOptions, sayAbout } from './signing.js';

export interface ShadowOptions extends SignOptions {
  readonly records?: number;
  /** `<schema>=<json>`. */
  readonly event?: readonly string[];
  /** Nanoseconds. */
  readonly advance?: bigint;
  /** File with a list of `{effect, origin?, status, receipt}`. */
  readonly receipts?: string;
  /** Milliseconds. */
  readonly timeLimit?: number;
  readonly memoryLimit?: number;
  /** False: the report is shown and not signed. */
  readonly sign: boolean;
}

/**
 * It may take long, and only reads; who signs then needs the world for a moment, and the report may
 * be of a record that is not the last one any more.
 */
export async function shadowProposal(
  path: string,
  proposal: number,
  options: ShadowOptions,
): Promise<Answer> {
  const signer = options.sign ? signerOf(path, options.as) : undefined;
  const args = argsOf(proposal, options);
  let shadow: ShadowShape | undefined;
  const shown = await withAccess(path, 'read', async (asked) => {
    shadow = await asked.call('governance.shadow', args);
    return { data: { ...dataOfShadow(shadow), seq: null }, lines: shadow.lines };
  });
  if (signer === undefined || shadow === undefined) return shown;
  const found = shadow;
  return withAccess(path, 'write', (asked) => signShadow(asked, signer, found));
}

async function signShadow(asked: Asked, signer: Signer, shadow: ShadowShape): Promise<Answer> {
  const { proposal, base, patch_hash, shadow_hash, at_seq: atSeq, bytes, lines } = shadow;
  await asked.call('blob.put', { bytes });
  const about = { proposal, base: hashOf(base), patchHash: hashOf(patch_hash), atSeq };
  const says = { verb: 'shadowed', ...about, shadowHash: hashOf(shadow_hash) } as const;
  const ack = await sayAbout(asked, signer, says);
  const next = `next: aos governance approve ${proposal} --shadow ${shadow_hash}`;
  return {
    data: { ...describeAck(ack).data, ...dataOfShadow(shadow) },
    lines: [...lines, ...describeAck(ack).lines, next],
    done: `the shadow is durable as record ${ack.seq}`,
  };
}

function dataOfShadow(shadow: ShadowShape) {
  const { proposal, base, patch_hash, shadow_hash, at_seq, report } = shadow;
  return { proposal, base, patch_hash, shadow_hash, at_seq, report: dataOf(report) };
}

function argsOf(
  proposal: number,
  { records, advance, event = [], receipts, timeLimit, memoryLimit }: ShadowOptions,
): ShadowArgs {
  return {
    proposal,
    ...(records === undefined ? {} : { records }),
    ...(advance === undefined ? {} : { advance_ns: advance }),
    ...(timeLimit === undefined ? {} : { time_ms: timeLimit }),
    ...(memoryLimit === undefined ? {} : { memory_mib: memoryLimit }),
    seeds: event.map(seedOf),
    scripts: receipts === undefined ? [] : readScripts(receipts),
  };
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

/** `aos verify --chain` and `--head`: a journal against itself, and against a head from before. */
import type { JsonValue } from '@aos/air';
import { fromHex, parseHashText, toHashText } from '@aos/canon';
import type { ChainReport, KeptHead } from '@aos/host';
import { type Answer, CliError } from '../output.js';
import { readTextFile } from '../text-files.js';

/** An answer whose data are fields. */
export interface Judgement extends Answer {
  readonly data: Readonly<Record<string, JsonValue>>;
}

/** Code: `head-unreadable`. */
export function readKeptHead(path: string): KeptHead {
  try {
    const said = JSON.parse(readTextFile(path));
    return parseHead(said.data ?? said);
  } catch (error) {
    if (error instanceof CliError) throw error;
    const message = `expected what 'aos --json head --sign' says in ${path}, found no head`;
    throw new CliError('head-unreadable', `${message}; keep one and name its file`);
  }
}

function parseHead(said: Readonly<Record<string, unknown>>): KeptHead {
  const { seq, epoch, key_id: keyId, sig } = said;
  const isPlace = Number.isSafeInteger(seq) && Number.isSafeInteger(epoch);
  if (!isPlace) throw new TypeError('no place');
  const signature = sig === null ? null : { keyId: hashOf(keyId), sig: signatureOf(sig) };
  return {
    worldId: hashOf(said.world_id),
    epoch: epoch as number,
    seq: seq as number,
    chain: hashOf(said.chain),
    merkleRoot: hashOf(said.merkle_root),
    worldHash: hashOf(said.world_hash),
    signature,
  };
}

function hashOf(text: unknown) {
  const parsed = parseHashText(`${text}`);
  if (!parsed.ok) throw CliError.of(parsed.refusal);
  return parsed.value;
}

function signatureOf(text: unknown): Uint8Array {
  const parsed = fromHex(`${text}`);
  if (!parsed.ok) throw CliError.of(parsed.refusal);
  return parsed.value;
}

export function describeChain(report: ChainReport, kept: KeptHead | undefined): Judgement {
  const { records, first, signatures, failure } = report;
  const data = {
    same: failure === undefined,
    world_id: toHashText(report.worldId),
    records,
    first,
    chain: toHashText(report.chain),
    merkle_root: toHashText(report.merkleRoot),
    signatures,
    kept_head: kept?.seq ?? null,
  };
  const isWell = failure === undefined;
  const told = `${records - first} records, ${signatures} signatures; nothing was run`;
  const lines = [
    `chain ${isWell ? 'OK' : 'FAILED'}  ${told}`,
    `chain      ${data.chain}`,
    `tree       ${data.merkle_root}`,
    ...(isWell && kept !== undefined ? [`kept head  the same at record ${kept.seq}`] : []),
  ];
  return isWell ? { data, lines } : { data, lines, error: errorOf(failure.code, report, kept) };
}

function errorOf(code: string, { records }: ChainReport, kept: KeptHead | undefined): CliError {
  const restore = 'restore the journal from a copy to go on';
  if (code === 'head-different') {
    const message = `the journal is not that of the head kept at record ${kept?.seq}`;
    return new CliError('head-different', `${message}; ask who has written it anew`);
  }
  if (code === 'head-missing') {
    const message = `the head was kept at record ${kept?.seq}, which is not in the journal`;
    return new CliError('head-missing', `${message}; ${restore}`);
  }
  const message = `record ${records} does not belong here; those before it do; ${restore}`;
  return new CliError(code, message);
}

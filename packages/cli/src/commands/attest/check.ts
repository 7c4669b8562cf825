/** `aos attest check`: a document held against itself, and against the keys that one knows. */
import { SignatureVerifier } from '@aos/host';
import { type Attestation, type AttestedPayload, checkAttestation } from '@aos/protocol';
import { type Answer, CliError } from '../../output.js';
import { unwrap } from '../../refusals.js';
import { readAttestationFile } from './attestation-files.js';

export interface CheckAttestationOptions {
  /** Ids of keys that are known; one of them has to have signed. */
  readonly key?: readonly string[];
  /** The world that is meant. */
  readonly of?: string;
}

/** Needs no world and no network. */
export async function checkAttestationFile(
  file: string,
  { key: known, of }: CheckAttestationOptions,
): Promise<Answer> {
  const document = readAttestationFile(file);
  const { type, payload, signatures } = document;
  const verifier = new SignatureVerifier();
  unwrap(checkAttestation(document, (key, message, sig) => verifier.holds(key, message, sig)));
  if (of !== undefined && of !== payload.world_id) {
    const message = `it is about the world ${payload.world_id}, not ${of}`;
    throw new CliError('attestation-place', message);
  }
  const signers = signatures.map(({ key_id }) => String(key_id));
  if (known !== undefined && !signers.some((id) => known.includes(id))) {
    const message = `none of the keys that are known has signed it, but ${signers.join(', ')}`;
    throw new CliError('signer-unknown', `${message}; ask whose key that is`);
  }
  const data = {
    type,
    world_id: payload.world_id,
    head: numberOf(payload),
    record: payload.place?.seq ?? null,
    signers,
    known: known !== undefined,
    record_shown: payload.place === undefined ? null : payload.place.record !== null,
  };
  return { data, lines: linesOf(document), warnings: warningsOf(document, known) };
}

const numberOf = ({ head }: AttestedPayload): number =>
  Number((head.json as { readonly seq?: unknown }).seq);

function linesOf({ type, payload, signatures }: Attestation): string[] {
  const { place, receipt, approval, older } = payload;
  const shape = receipt ?? approval;
  return [
    `${type} OK`,
    `world      ${payload.world_id}`,
    `head       ${numberOf(payload)}`,
    ...(place === undefined ? [] : [`record     ${place.seq}  ${place.chain}`]),
    ...(older === undefined ? [] : [`begins     with the ${older.size} of ${older.merkle_root}`]),
    ...(shape === undefined ? [] : [`signed     as ${shape.domain} by ${nameOf(payload, shape)}`]),
    ...signatures.map(({ key_id }) => `attested   by ${key_id}`),
  ];
}

function nameOf({ keys }: AttestedPayload, { key_id: id }: { readonly key_id: string }): string {
  const key = keys.find(({ key_id }) => key_id === id);
  return `${id}, ${key?.name ?? 'unnamed'}`;
}

function warningsOf({ payload }: Attestation, known: readonly string[] | undefined): string[] {
  const { place, receipt, approval } = payload;
  const isSaid = place?.record === null && (receipt ?? approval) !== undefined;
  return [
    ...(known !== undefined
      ? []
      : ['whose keys these are, nobody has checked; name those you know with --key']),
    ...(isSaid ? ['that this stands in the record, its signer says; --record would show it'] : []),
  ];
}

/** What the three kinds of signed inputs share: `{kind, verb, args, nonce, key_id, sig}`. */
import { type Hash, RefusalError, type Writer } from '@aos/canon';
import type { Fields } from '../shapes/shape-fields.js';
import { shapeRefusal } from '../shapes/shape-reader.js';
import { writeBytes, writeText } from '../shapes/shape-writer.js';
import { SIGNATURE_BYTES } from '../signed/signature.js';
import { NONCE_BYTES, VERBS, type VerbArgs, type VerbKind } from '../signed/signed-verb.js';
import { parseVerb } from '../signed/verb.js';

export interface VerbInput<Kind extends VerbKind> {
  readonly kind: Kind;
  readonly verb: (typeof VERBS)[Kind][number];
  readonly args: VerbArgs;
  /** 16 bytes that the key never used before. */
  readonly nonce: Uint8Array;
  readonly keyId: Hash;
  /** 64 bytes over the verb under its domain. */
  readonly sig: Uint8Array;
}

export function writeVerbInput(w: Writer, input: VerbInput<VerbKind>): void {
  w.mapHead(6);
  writeBytes(w, 'sig', input.sig);
  w.text('args');
  w.value(input.args);
  writeText(w, 'kind', input.kind);
  writeText(w, 'verb', input.verb);
  writeBytes(w, 'nonce', input.nonce);
  writeBytes(w, 'key_id', input.keyId);
}

/** Codes: `verb-unknown`, those of {@link parseVerb} and `shape-*`. */
export function parseVerbInput<Kind extends VerbKind>(fields: Fields, kind: Kind): VerbInput<Kind> {
  const verb = findVerb(kind, fields.text('verb'));
  const args = fields.map('args');
  const parsed = parseVerb(verb, args);
  if (!parsed.ok) throw new RefusalError(parsed.refusal);
  return {
    kind,
    verb,
    args,
    nonce: fields.exact('nonce', NONCE_BYTES),
    keyId: fields.hash('key_id'),
    sig: fields.exact('sig', SIGNATURE_BYTES),
  };
}

function findVerb<Kind extends VerbKind>(kind: Kind, text: string): VerbInput<Kind>['verb'] {
  const verbs: readonly VerbInput<Kind>['verb'][] = VERBS[kind];
  const verb = verbs.find((each) => each === text);
  if (verb !== undefined) return verb;
  throw shapeRefusal('verb-unknown', `no verb '${text}' of kind ${kind}: ${verbs.join(', ')}`);
}

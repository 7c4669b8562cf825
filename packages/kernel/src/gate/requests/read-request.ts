/** From a request as it is asked for to what is decided about. */
import { concatBytes, type Hash, sha256, utf8 } from '@aos/canon';
import { defaultIdempotencyKey, intentHash } from '@aos/protocol';
import type { Denial } from '../decision.js';
import type { Gate } from '../gate.js';
import { EffectParams } from './effect-params.js';
import type { EffectRequest } from './effect-request.js';
import type { Subject } from './subject.js';

/** A request that could not be read, with the hash of what was asked for as it was given. */
export interface Unreadable {
  readonly denial: Denial;
  readonly hash: Hash;
}

const KEY_BYTES = 32;

/** Under this domain an explicit key stands for another one at each attempt after the first. */
const ATTEMPT_DOMAIN = 'aos/idem-attempt/0';

/**
 * Canonicalizes a request and names it. Codes: `effect-not-found`, `effect-params-invalid`,
 * `effect-params-too-large`, `idempotency-key-invalid`.
 */
export function readRequest(
  gate: Gate,
  request: EffectRequest,
  paramsBytes: number,
): Subject | Unreadable {
  const { effects, manifestHash: manifest } = request.under ?? gate;
  const effect = effects.get(request.effect);
  if (effect === undefined) return unreadable(request, effectUnknown(request.effect));
  const key = request.idempotencyKey;
  if (key !== undefined && key.length !== KEY_BYTES) {
    return unreadable(request, keyInvalid(key.length));
  }
  if (request.params.length > paramsBytes) return unreadable(request, tooLarge(paramsBytes));
  const params = effect.params.normalizeCbor(request.params);
  if (!params.ok) {
    const { at, detail } = params.refusal;
    return unreadable(request, {
      code: 'effect-params-invalid',
      at: `params${at}`,
      advice: `give parameters of ${effect.params.name}: ${detail}`,
    });
  }
  if (params.value.length > paramsBytes) return unreadable(request, tooLarge(paramsBytes));
  const idempotencyKey = keyOf(request);
  const hash = hashOf(request, params.value, idempotencyKey);
  const read = new EffectParams(params.value);
  return { request, manifest, effect, params: read, idempotencyKey, hash };
}

export function isUnreadable(read: Subject | Unreadable): read is Unreadable {
  return 'denial' in read;
}

function unreadable(request: EffectRequest, denial: Denial): Unreadable {
  const { idempotencyKey, ...rest } = request;
  const isUsable = idempotencyKey?.length === KEY_BYTES;
  const key = keyOf(isUsable ? request : rest);
  return { denial, hash: hashOf(request, request.params, key) };
}

function hashOf(request: EffectRequest, params: Uint8Array, idempotencyKey: Uint8Array): Hash {
  return intentHash({ cap: request.cap, kind: request.effect, params, idempotencyKey });
}

function keyOf({ origin, idempotencyKey, index, attempt, now }: EffectRequest): Uint8Array {
  if (idempotencyKey === undefined) {
    const { worldId, epoch, seq } = now;
    return defaultIdempotencyKey({ worldId, epoch, origin, index, seq, attempt });
  }
  return attempt === 1 ? idempotencyKey : attemptKey(idempotencyKey, attempt);
}

/** sha256(domain ‖ 00 ‖ key ‖ u32be attempt): whoever shares the first attempt shares the next. */
function attemptKey(key: Uint8Array, attempt: number): Hash {
  const number = new Uint8Array(4);
  new DataView(number.buffer).setUint32(0, attempt);
  return sha256(concatBytes(utf8(ATTEMPT_DOMAIN), Uint8Array.of(0), key, number));
}

function effectUnknown(kind: string): Denial {
  const advice = `list an effect of the kind ${kind} in the manifest, or repair the kind`;
  return { code: 'effect-not-found', at: `effect ${kind}`, advice };
}

function keyInvalid(sizeBytes: number): Denial {
  const advice = `give ${KEY_BYTES} bytes, not ${sizeBytes}, or no key`;
  return { code: 'idempotency-key-invalid', at: 'idempotency_key', advice };
}

function tooLarge(paramsBytes: number): Denial {
  const advice = `give at most ${paramsBytes} bytes; put what is larger into an object`;
  return { code: 'effect-params-too-large', at: 'params', advice };
}

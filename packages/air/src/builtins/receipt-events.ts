/** Events that carry the receipts of effects to the reducers that asked for them. */

/**
 * What such an event can say: only a receipt that is ok; any outcome, typed; or any outcome of any
 * effect, as canonical bytes of the schemas that the effect names.
 */
export type ReceiptForm = 'any-effect' | 'ok-only' | 'typed';

export interface ReceiptEvent {
  readonly schema: string;
  readonly form: ReceiptForm;
}

const OF_ANY_EFFECT: ReceiptEvent = { schema: 'sys/EffectReceipt@1', form: 'any-effect' };

/** Effects whose event is there in two versions, of which the first only knows success. */
const IN_TWO_VERSIONS: ReadonlyMap<string, string> = new Map([
  ['timer.set', 'sys/TimerFired'],
  ['blob.put', 'sys/BlobPutResult'],
  ['blob.get', 'sys/BlobGetResult'],
]);

const IN_ONE: ReadonlyMap<string, string> = new Map([
  ['blob.write', 'sys/BlobWriteResult@1'],
  ['blob.read', 'sys/BlobReadResult@1'],
  ['blob.exists', 'sys/BlobExistsResult@1'],
]);

/** The events that can carry receipts of an effect kind: the first that a family has is taken. */
export function receiptEventsOf(effectKind: string): readonly ReceiptEvent[] {
  const name = IN_TWO_VERSIONS.get(effectKind);
  const only = IN_ONE.get(effectKind);
  if (only !== undefined) return [{ schema: only, form: 'typed' }, OF_ANY_EFFECT];
  if (name === undefined) return [OF_ANY_EFFECT];
  return [
    { schema: `${name}@2`, form: 'typed' },
    { schema: `${name}@1`, form: 'ok-only' },
    OF_ANY_EFFECT,
  ];
}

import { asHash, fromHex, parseHashText, type Result, toHashText, toHex } from '@aos/canon';
import {
  decodePureOutput,
  decodeReducerOutput,
  encodeEvent,
  encodePureContext,
  encodePureInput,
  encodeReducerContext,
  encodeReducerInput,
  eventHash,
  grantHash,
  intentHash,
} from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { conformanceFound, readConformance } from './conformance.js';

const must = <T>(result: Result<T>): T => {
  if (result.ok) return result.value;
  throw new Error(`${result.refusal.code} ${result.refusal.detail}`);
};
const hex = (text: string) => must(fromHex(text));
const hash = (digit: string) => must(parseHashText(`sha256:${digit.repeat(64)}`));
const bytes = (...values: number[]) => new Uint8Array(values);

describe.runIf(conformanceFound)('conformance: envelopes', () => {
  const abi = conformanceFound ? readConformance<Record<string, string>>('abi.json') : {};
  const event = { schema: 'com.acme/Event@1', value: bytes(0xaa) };
  const keyed = { ...event, key: bytes(1, 2) };
  const context = {
    nowNs: 10n,
    logicalNowNs: 12n,
    journalHeight: 7,
    entropy: new Uint8Array(64).fill(0x11),
    eventHash: hash('0'),
    manifestHash: hash('1'),
    reducer: 'com.acme/Reducer@1',
  };
  const ctx = encodeReducerContext({ ...context, key: bytes(1, 2), cellMode: true });
  const pureCtx = encodePureContext({
    module: 'com.acme/Pure@1',
    manifestHash: hash('2'),
    journalHeight: 3,
    logicalNowNs: 9n,
  });
  const state = bytes(1, 2, 3);
  const input = bytes(0xaa, 0xbb);

  it.each<[string, Uint8Array]>([
    ['event_canonical', encodeEvent(event)],
    ['event_keyed_canonical', encodeEvent(keyed)],
    ['reducer_ctx_keyed_canonical', ctx],
    ['reducer_ctx_unkeyed_canonical', encodeReducerContext({ ...context, cellMode: false })],
    ['reducer_input_min', encodeReducerInput({ version: 1, state: null, event })],
    ['reducer_input_full', encodeReducerInput({ version: 1, state, event: keyed, ctx })],
    ['pure_ctx_canonical', pureCtx],
    ['pure_input_noctx', encodePureInput({ version: 1, input })],
    ['pure_input', encodePureInput({ version: 1, input, ctx: pureCtx })],
  ])('%s has the original bytes', (name, encoded) => {
    expect(toHex(encoded)).toBe(abi[name]);
  });

  it('hashes events as the original does', () => {
    expect(toHashText(eventHash(event))).toBe(abi.event_hash);
    expect(toHashText(eventHash(keyed))).toBe(abi.event_keyed_hash);
  });

  it('reads the outputs that modules of the original give', () => {
    expect(must(decodeReducerOutput(hex(abi.reducer_output_min as string)))).toEqual({
      state: null,
      domainEvents: [],
      effects: [],
      ann: null,
    });
    const full = must(decodeReducerOutput(hex(abi.reducer_output_full as string)));
    expect(full.domainEvents).toEqual([event, keyed]);
    expect(full.effects.map((effect) => [effect.kind, effect.capSlot])).toEqual([
      ['timer.set', 'timer'],
      ['blob.put', undefined],
    ]);
    expect(full.effects[1]?.idempotencyKey).toHaveLength(32);
    expect(full.ann).toEqual(bytes(0, 1));
    expect(must(decodePureOutput(hex(abi.pure_output as string)))).toEqual(bytes(1, 2));
  });
});

interface IntentCase {
  readonly cap: string;
  readonly kind: string;
  readonly params_cbor_hex: string;
  readonly idempotency_key_hex: string;
  readonly intent_hash: string;
}

interface GrantCase {
  readonly defcap: string;
  readonly cap_type: string;
  readonly params_cbor_hex: string;
  readonly expiry_ns: number | null;
  readonly grant_hash: string;
}

describe.runIf(conformanceFound)('conformance: identities', () => {
  it('hashes intents as the original does', () => {
    for (const given of readConformance<IntentCase[]>('intent-hash.json')) {
      const idempotencyKey = hex(given.idempotency_key_hex);
      const params = hex(given.params_cbor_hex);
      const intent = { cap: given.cap, kind: given.kind, params, idempotencyKey };
      expect(toHex(intentHash(intent))).toBe(given.intent_hash);
    }
  });

  it('hashes grants as the original does', () => {
    for (const given of readConformance<GrantCase[]>('grant-hash.json')) {
      const { defcap, cap_type: capType } = given;
      const params = hex(given.params_cbor_hex);
      expect(toHex(grantHash({ defcap, capType, params }))).toBe(given.grant_hash);
    }
  });

  it('tells grants with an expiry apart', () => {
    const grant = { defcap: 'sys/timer@1', capType: 'timer', params: bytes(0xa0) };
    expect(grantHash(grant)).not.toEqual(grantHash({ ...grant, expiryNs: 1n }));
  });
});

it('conformance: data found or said to be missing', () => {
  if (!conformanceFound) console.warn('conformance: not checked');
  expect(asHash(new Uint8Array(32))).toHaveLength(32);
});

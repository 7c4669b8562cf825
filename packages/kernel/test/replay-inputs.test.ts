import { decode, type Encodable, encode, sha256, toHex, type Value } from '@aos/canon';
import {
  type AdmittedInput,
  type RawInput,
  type ReplayPorts,
  replayRecord,
  signatureClaim,
} from '@aos/kernel';
import {
  encodeReceiptBody,
  encodeSignedVerb,
  encodeStreamFrame,
  RECEIPT_DOMAIN,
  STREAM_FRAME_DOMAIN,
  signedMessage,
  verbDomain,
} from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { keys, Life, note, poke, put, type Script, stateOf } from './effect-world.js';
import { must } from './script-world.js';

const asking: Script = ({ tag, state }) =>
  tag === 'Put' ? ({ state: stateOf(1), effects: [note()] } as never) : { state };

type Fields = ReadonlyMap<string, Value>;

/** The record that a life made last, with another input. */
function forged(life: Life, change: (input: Map<string, Value>) => void): Uint8Array {
  const fields = new Map(must(decode(lastOf(life).bytes)) as Fields);
  const input = new Map(fields.get('input') as Fields);
  change(input);
  return encode(fields.set('input', input) as unknown as Encodable);
}

function lastOf(life: Life) {
  const last = life.steps.at(-1);
  if (last === undefined) throw new Error('nothing has happened');
  return last;
}

/** Judges a record against the world before the last one. */
function judge(life: Life, bytes: Uint8Array, ports: Partial<ReplayPorts> = {}, mode?: 'trust') {
  const before = life.steps.at(-2)?.world ?? life.first;
  const object = () => undefined;
  const verdict = replayRecord(before, bytes, { engine: life.engine, object, ...ports }, mode);
  return verdict.kind === 'different' ? verdict.difference : verdict.kind;
}

function frameOf(life: Life): RawInput {
  const payload = encode({ part: 1 });
  const { worldId, epoch } = life.world;
  const about = { worldId, epoch, intentHash: life.intent, attempt: 1, adapterId: 'test' };
  const frame = { ...about, index: 0, payloadHash: sha256(payload) };
  return { kind: 'stream-frame', frame, payload, keyId: keys.adapter.keyId, sig: sigOf(1) };
}

const sigOf = (fill: number) => new Uint8Array(64).fill(fill);

/** A life whose last record is of that input, which was signed. */
const lives: Readonly<Record<string, () => Life>> = {
  receipt: () => {
    const life = asked();
    life.take({ ...life.receipt({ size: 1 }), sig: sigOf(1) } as RawInput);
    return life;
  },
  frame: () => {
    const life = asked();
    life.take(frameOf(life));
    return life;
  },
  control: () => verb({ verb: 'pause' }),
  keyring: () => verb({ verb: 'keyring-revoke', keyId: keys.adapter.keyId }),
  governance: () => {
    const life = new Life({
      K: ({ state }) => ({ state, effects: [note('hi', { cap_slot: 'ask' })] }) as never,
    });
    life.take(put('a'));
    const approval = { verb: 'approve-intent', intentHash: life.intent, decision: 'approve' };
    life.take({ ...life.verb(approval as never, keys.approver), sig: sigOf(1) });
    return life;
  },
};

function asked(): Life {
  const life = new Life({ K: asking });
  life.take(put('a'));
  return life;
}

function verb(told: Parameters<Life['verb']>[0]): Life {
  const life = new Life();
  life.take(put('a'));
  life.take({ ...life.verb(told), sig: sigOf(1) });
  return life;
}

/** What its signer has to have signed. */
function messageOf(life: Life): Uint8Array {
  const { input } = lastOf(life).record;
  const { worldId, epoch } = life.world;
  switch (input.kind) {
    case 'receipt':
      return signedMessage(RECEIPT_DOMAIN, encodeReceiptBody(input.receipt));
    case 'stream-frame':
      return signedMessage(STREAM_FRAME_DOMAIN, encodeStreamFrame(input.frame));
    case 'control':
    case 'keyring':
    case 'governance': {
      const { verb: name, args, nonce } = input;
      const signed = { worldId, epoch, verb: name, args, nonce };
      return signedMessage(verbDomain(name), encodeSignedVerb(signed));
    }
    default:
      throw new Error('nobody signs that');
  }
}

describe.each(Object.entries(lives))('a signed input, %s', (_, live) => {
  const life = live();
  const { bytes } = lastOf(life);

  it('is checked with the key that it names, over all that it says', () => {
    const asks: unknown[] = [];
    const checkSignature = (...args: unknown[]) => asks.push(args) > 0;
    expect(judge(life, bytes, { checkSignature })).toBe('same');
    const named = (lastOf(life).record.input as { readonly keyId: Uint8Array }).keyId;
    const key = Object.values(keys).find(({ keyId }) => toHex(keyId) === toHex(named));
    expect(asks).toEqual([[named, key?.publicKey, messageOf(life), sigOf(1)]]);
  });

  it('is broken where that does not hold, unless the journal is trusted', () => {
    const ports = { checkSignature: () => false };
    expect(judge(life, bytes, ports)).toMatchObject({
      ...{ kind: 'broken', code: 'signature-invalid', at: 'input/sig' },
    });
    expect(judge(life, bytes, ports, 'trust')).toBe('same');
    expect(judge(life, bytes)).toBe('same');
  });
});

describe('the claim of an input', () => {
  it('is none where nobody signs', () => {
    const { first } = new Life();
    expect(signatureClaim(first, { kind: 'tick' })).toEqual({ ok: true, value: null });
    const event = { kind: 'event', schema: 'e/Put@1', value: encode({}) } as const;
    expect(signatureClaim(first, event)).toEqual({ ok: true, value: null });
  });

  it('is refused where the world does not know the key', () => {
    const life = new Life();
    const strange = life.verb({ verb: 'pause' }, keys.stranger);
    expect(signatureClaim(life.world, strange as AdmittedInput)).toMatchObject({
      refusal: { code: 'signature-invalid', at: 'input/sig' },
    });
  });
});

describe('an event of a journal', () => {
  const dedup = { ...put('a'), dedup: 'once' };

  it('comes with the key, source and mark that it came in with', () => {
    const door = { source: 'door', key: encode('a') };
    for (const raw of [
      { ...put('a'), dedup: 'once' },
      { ...put('a'), source: 'mail' },
      { ...put('a'), ...door },
      { ...put('a'), ...door, dedup: 'once' },
      { ...poke(), key: encode('mark') },
    ]) {
      const life = new Life();
      life.take(raw);
      const { bytes, record } = lastOf(life);
      expect(judge(life, bytes)).toBe('same');
      expect(judge(life, bytes, {}, 'trust')).toBe('same');
      const { schema: _, cbor: __, ...more } = raw;
      expect(record.input).toMatchObject(more);
    }
  });

  it('is not there twice under one mark', () => {
    const life = new Life();
    life.take(dedup);
    life.take(put('a'));
    const twice = forged(life, (input) => input.set('dedup', 'once'));
    expect(judge(life, twice)).toMatchObject({
      ...{ kind: 'broken', code: 'input-duplicate', at: 'input' },
    });
  });

  it.each<[string, string, Value]>([
    ['inbox-unknown', 'source', 'nowhere'],
    ['event-key-mismatch', 'key', encode('b')],
  ])('is broken where admission would not let it in: %s', (code, field, value) => {
    const life = new Life();
    life.take(put('a'));
    const other = forged(life, (input) => input.set(field, value));
    expect(judge(life, other)).toMatchObject({ kind: 'broken', code });
  });

  it('is broken where admission would give it on with another value', () => {
    const life = new Life();
    life.take(put('a'));
    const longer = Uint8Array.from([...encode({ id: 'a', what: 'x' })]);
    const other = forged(life, (input) => input.set('value', longer.subarray(3)));
    expect(judge(life, other)).toMatchObject({
      ...{ kind: 'broken', code: 'input-not-canonical', at: 'input' },
    });
  });
});

describe('an answer of a journal', () => {
  it('is asked for where it is an object of its own', () => {
    for (const large of [{ size: 1, more: 'x'.repeat(5_000) }]) {
      const life = asked();
      const payload = encode(large);
      const { worldId, epoch } = life.world;
      const about = { worldId, epoch, intentHash: life.intent, attempt: 1, adapterId: 'test' };
      const frame = { ...about, index: 0, payloadHash: sha256(payload) };
      life.take({
        ...{ kind: 'stream-frame', frame, payload },
        ...{ keyId: keys.adapter.keyId, sig: sigOf(0) },
      });
      const { bytes, objects } = lastOf(life);
      const hashes = objects.map(({ hash }) => hash);
      expect(hashes).toHaveLength(1);
      expect(judge(life, bytes)).toBe('need');
      const object = () => payload;
      expect(judge(life, bytes, { object })).toBe('same');
    }
  });
});

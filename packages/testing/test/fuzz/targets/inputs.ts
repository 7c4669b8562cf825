/**
 * Inputs as somebody outside hands them in: events, signed receipts, frames of streams and verbs.
 *
 * What is refused has a code and leaves the world as it was. What is let in and was signed is what
 * its signer signed, bit for bit, and settles once; every record replays, signatures checked.
 */
import { bytesEqual, encode } from '@aos/canon';
import {
  type AdmittedInput,
  admit,
  checkInputSignature,
  createWorld,
  type RawInput,
  replayRecord,
  step,
  type World,
} from '@aos/kernel';
import { encodeInput, type Input } from '@aos/protocol';
import { type FuzzTarget, holds } from '@aos/testing/fuzz';
import { checkSignature, KEYS } from '../../golden/golden-keys.js';
import { answer, effect, ObjectMemory } from '../../golden/recorder.js';
import { isExplained } from '../codes.js';
import { Draws, edited } from '../draws.js';
import { begin, once } from '../golden-life.js';

const nothing = new Uint8Array(0);

/** A world with an open intent, and good inputs to bend. */
const stage = once(() => {
  const { recording, recorder } = begin('effects');
  const asked = answer({ effects: [effect('p.ask', { n: 1, answer: nothing })] });
  recorder.event('p/Say@1', { text: 'x', answer: asked, fault: null });
  const [intent] = recorder.intents();
  if (intent === undefined) throw new Error('nothing is open');
  const good: readonly RawInput[] = [
    { schema: 'p/Do@1', cbor: encode({ id: 'a', answer: nothing, fault: null }), dedup: 'd' },
    { schema: 'p/Order@1', cbor: encode({ id: 'a', n: 1 }), key: encode('k') },
    recorder.receipt(intent, { payload: { text: 'fine' } }),
    recorder.receipt(intent, { payload: { code: 'no', message: '' }, status: 'error' }),
    recorder.frame(intent, 0, encode({ text: 'part' })),
    recorder.signedVerb('control', { verb: 'pause' }, KEYS.operator),
    recorder.signedVerb('control', { verb: 'epoch', epoch: 1 }, KEYS.operator),
    recorder.signedVerb(
      'keyring',
      { verb: 'keyring-revoke', keyId: KEYS.ana.keyId },
      KEYS.operator,
    ),
  ];
  const source = new ObjectMemory();
  source.put(recorder.objects);
  return { recording, recorder, good, source };
});

/** Which input, which of its parts, which edits of it; again, up to four times. */
export const target: FuzzTarget = {
  name: 'inputs',
  maxBytes: 256,
  seeds: () => stage().good.map((_, i) => Uint8Array.of(i, 0, 0)),
  run(bytes) {
    const draws = new Draws(bytes);
    const { good, recorder } = stage();
    let raw = draws.pick(good);
    for (let left = draws.byte() % 4; left > 0; left--) raw = bent(raw, draws) as RawInput;
    const before = recorder.world;
    const admission = admit(before, raw);
    if (admission.kind === 'refused') isExplained(admission.refusal.code);
    if (admission.kind !== 'admitted') return;
    const { input } = admission;
    const signed = checkInputSignature(before, input, checkSignature);
    if (!signed.ok) return isExplained(signed.refusal.code);
    if ('sig' in input) holds(isOneOf(input, good), 'what is signed is what its signer signed');
    checkStep(before, input);
  },
};

/** A field of it, at whatever depth, with other bytes, another number or another text. */
function bent(value: unknown, draws: Draws): unknown {
  if (value instanceof Uint8Array) return edited(value, draws, 2);
  if (typeof value === 'string') return draws.pick([...words, value]);
  if (typeof value === 'bigint') return draws.pick([0n, -1n, value + 1n, 2n ** 64n, 1n << 63n]);
  if (typeof value === 'number') return draws.pick([0, -1, value + 1, 2 ** 53, 0.5, Number.NaN]);
  if (typeof value !== 'object' || value === null) return value;
  const names = Object.keys(value).filter((each) => each !== 'kind');
  const name = names[draws.byte() % names.length];
  if (name === undefined) return value;
  const field = (value as Record<string, unknown>)[name];
  return { ...value, [name]: bent(field, draws) };
}

const words = ['', 'p/Do@1', 'p/Say@1', 'sys/Nothing@1', 'ok', 'error', 'timeout', '__proto__'];

/** Equal as inputs of records. */
function isOneOf(input: AdmittedInput, good: readonly RawInput[]): boolean {
  const bytes = encodeInput(input as Input);
  return good.some((each) => 'sig' in each && bytesEqual(encodeInput(each as Input), bytes));
}

function checkStep(before: World, input: AdmittedInput): void {
  const { recorder, recording, source } = stage();
  const stamp = { nowNs: 5n, logicalNowNs: before.logicalNowNs + 5n, entropy: new Uint8Array(32) };
  const outcome = step(before, input, stamp, recording);
  if (outcome.kind === 'need') return;
  holds(recorder.world === before && before.seq === 1, 'the world before is not touched');
  source.put(outcome.objects);
  const { genesis, definition, engine } = recording;
  const start = createWorld(genesis, definition, { engine, source });
  holds(start.ok, 'the world of a scenario is one');
  const ports = { engine, object: source.read, checkSignature };
  let world = start.value;
  for (const record of [...recorder.records, outcome.bytes]) {
    const verdict = replayRecord(world, record, ports);
    holds(verdict.kind === 'same', 'what was let in replays', () => told(verdict));
    world = verdict.world;
  }
}

function told(verdict: object): string {
  const { difference } = verdict as { readonly difference?: { readonly code: string } };
  return difference?.code ?? '';
}

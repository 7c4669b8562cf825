/**
 * What modules answer with: the output envelope of a reducer, in a world that lives.
 *
 * Another decoder reads the envelope the same. Whatever it is, the step makes one record, which
 * replays; a call that is not as it should be leaves a fault with a code, and no state.
 */
import { decodePlain, encode, encodeUntagged } from '@aos/canon';
import { createWorld, replayRecord } from '@aos/kernel';
import { decodePureOutput, decodeReducerOutput } from '@aos/protocol';
import { type FuzzTarget, holds } from '@aos/testing/fuzz';
import { checkSignature } from '../../golden/golden-keys.js';
import { answer, effect, ObjectMemory } from '../../golden/recorder.js';
import { isExplained, valueIn } from '../codes.js';
import { described, isReadByCborg } from '../described.js';
import { begin, once } from '../golden-life.js';
import { cborTokens, texts } from '../tokens.js';

const nothing = new Uint8Array(0);
const say = { schema: 'p/Say@1', value: { text: 'x', answer: nothing, fault: null } };
const life = once(() => begin('keyed'));

export const target: FuzzTarget = {
  name: 'reducer-output',
  tokens: [
    ...cborTokens,
    ...texts('estate', 'mdomain_events', 'geffects', 'cann', 'p/Say@1', 'p.ask', 'timer.set'),
    ...texts(
      'cap_slot',
      'idempotency_key',
      'params_cbor',
      'held',
      'key',
      'schema',
      'value',
      '$tag',
    ),
  ],
  seeds: () => [
    answer({}),
    answer({ n: null, note: 'gone' }),
    answer({ n: 2, events: [say, { ...say, key: encode('k') }] }),
    answer({ effects: [effect('p.ask', { n: 1, answer: nothing })] }),
    answer({ effects: [effect('p.ask', { n: 1, answer: nothing }, 'held', new Uint8Array(32))] }),
    answer({ effects: [effect('timer.set', { deliver_at_ns: 10, key: 'k' }, 'timer')] }),
    encodeUntagged({ output: encode({ constraints_ok: true }) }),
  ],
  run(bytes) {
    checkEnvelope(bytes);
    const { recording } = life();
    const { recorder } = begin('keyed');
    const event = { id: 'a', answer: bytes, fault: null };
    const record = recorder.event('p/Do@1', event);
    for (const entry of record.entries) {
      if (entry.kind === 'reducer-fault') isExplained(entry.code);
    }
    const { genesis, definition, engine } = recording;
    const source = new ObjectMemory();
    source.put(recorder.objects);
    const world = createWorld(genesis, definition, { engine, source });
    holds(world.ok, 'the world of a scenario is one');
    const ports = { engine, object: source.read, checkSignature };
    const verdict = replayRecord(world.value, recorder.records[0] as Uint8Array, ports);
    holds(verdict.kind === 'same', 'what was lived replays', () => JSON.stringify(verdict.kind));
  },
};

function checkEnvelope(bytes: Uint8Array): void {
  const plain = decodePlain(bytes);
  const output = valueIn(decodeReducerOutput(bytes));
  const pure = valueIn(decodePureOutput(bytes));
  if (output === undefined && pure === undefined) return;
  holds(plain.ok && isReadByCborg(bytes, described(plain.value)), 'another decoder agrees');
}

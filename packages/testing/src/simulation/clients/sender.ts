/** Sends events of every form; what was never answered it sends again in a later life. */
import { encode } from '@aos/canon';
import type { RawEvent } from '@aos/kernel';
import { Commands } from '../../inputs/commands.js';
import { EventInputs } from '../../inputs/event-inputs.js';
import { Outside } from '../../inputs/outside.js';
import { encodeProgram } from '../../kernel/script.js';
import { pick } from './pick.js';
import type { Visit } from './visit.js';

/** Events with dedup ids that nobody has answered, over lives. */
export type Unanswered = Map<string, RawEvent>;

const READ_CHANCE = 0.3;
const AGAIN_CHANCE = 0.5;
/** Events that do nothing but ask for an effect, mostly one that is granted. */
const ASK_CHANCE = 0.4;
/** Of timers: one that ends while the world may still live. */
const TIMER_CHANCE = 0.7;

export async function sendEvents(visit: Visit, count: number, unanswered: Unanswered) {
  const { random, ports } = visit;
  const { generated } = ports.constitution;
  const outside = new Outside(generated.definition);
  const commands = new Commands(random, generated.definition, outside);
  const inputs = new EventInputs(random, generated, commands);
  for (let i = 0; i < count; i++) {
    if (random.chance(READ_CHANCE)) await visit.read();
    const again = random.chance(AGAIN_CHANCE) ? pick(random, [...unanswered.values()]) : undefined;
    const event = again ?? (random.chance(ASK_CHANCE) ? ask(visit, commands) : inputs.next());
    if (event.dedup !== undefined) unanswered.set(event.dedup, event);
    await visit.submit(event, `sends ${event.schema}${again ? ' again' : ''}`);
    if (event.dedup !== undefined) unanswered.delete(event.dedup);
  }
}

function ask(visit: Visit, commands: Commands): RawEvent {
  const { random } = visit;
  const [kind, slot] = random.pick([
    ['g.ask', null],
    ['g.ask', 'small'],
    ['timer.set', 'timer'],
  ] as const);
  const isTimer = kind === 'timer.set' && random.chance(TIMER_CHANCE);
  const params = isTimer ? { deliver_at_ns: visit.soon(), key: null } : commands.params(kind, 1);
  const asked = { kind, params, form: 'canonical', slot, key: null, padBytes: 0 } as const;
  const value = { id: commands.key(), other: 0, do: encodeProgram([['inc'], ['ask', asked]]) };
  return { schema: 'g/Do@1', cbor: encode(value) };
}

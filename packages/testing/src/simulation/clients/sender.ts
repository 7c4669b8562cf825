/** Sends events of every form; what was never answered it sends again in a later life. */
import type { RawEvent } from '@aos/kernel';
import { Commands } from '../../inputs/commands.js';
import { EventInputs } from '../../inputs/event-inputs.js';
import { Outside } from '../../inputs/outside.js';
import { pick } from './pick.js';
import type { Visit } from './visit.js';

/** Events with dedup ids that nobody has answered, over lives. */
export type Unanswered = Map<string, RawEvent>;

const READ_CHANCE = 0.3;
const AGAIN_CHANCE = 0.5;

export async function sendEvents(visit: Visit, count: number, unanswered: Unanswered) {
  const { random, ports } = visit;
  const { generated } = ports.constitution;
  const outside = new Outside(generated.definition);
  const commands = new Commands(random, generated.definition, outside);
  const inputs = new EventInputs(random, generated, commands);
  for (let i = 0; i < count; i++) {
    if (random.chance(READ_CHANCE)) await visit.read();
    const again = random.chance(AGAIN_CHANCE) ? pick(random, [...unanswered.values()]) : undefined;
    const event = again ?? inputs.next();
    if (event.dedup !== undefined) unanswered.set(event.dedup, event);
    await visit.submit(event, `sends ${event.schema}${again ? ' again' : ''}`);
    if (event.dedup !== undefined) unanswered.delete(event.dedup);
  }
}

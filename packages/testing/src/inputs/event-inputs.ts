/** Events as they come in: fit and unfit, in every form, through inboxes, keyed, twice. */
import type { JsonValue, WorldDefinition } from '@aos/air';
import { type Encodable, encode, utf8 } from '@aos/canon';
import type { RawEvent } from '@aos/kernel';
import { encodeAs } from '../kernel/script.js';
import { EVENTS, type GeneratedDefinition } from '../palette/palette.js';
import type { Random } from '../random.js';
import type { Commands } from './commands.js';
import { looseBytes } from './loose-bytes.js';

const DEDUP_IDS = ['d1', 'd2', 'd3', 'd4'];

type Address = Pick<RawEvent, 'key' | 'source'>;

/** Sends events to one world. */
export class EventInputs {
  private readonly definition: WorldDefinition;

  constructor(
    private readonly random: Random,
    private readonly world: GeneratedDefinition,
    private readonly commands: Commands,
  ) {
    this.definition = world.definition;
  }

  next(): RawEvent {
    const { random } = this;
    if (random.chance(0.08)) return this.unfit();
    if (this.world.hasPlans && random.chance(0.05)) return this.planStart();
    const schema = random.pick([...EVENTS, 'g/Do@1', 'g/Say@1', ...this.world.planEvents]);
    const value = this.commands.event(schema);
    return { ...this.carry(schema, value), ...this.address(value), ...this.dedup() };
  }

  /** CBOR in some form, or authoring JSON. */
  private carry(schema: string, value: Encodable): RawEvent {
    const { random } = this;
    if (random.chance(0.8)) {
      return { schema, cbor: encodeAs(value, random.pick(['canonical', 'untagged', 'loose'])) };
    }
    const compiled = this.definition.schemas.get(schema);
    const json = compiled?.toJson(encode(value));
    if (!json?.ok) throw new Error(`the palette makes unfit values of ${schema}`);
    return { schema, json: json.value };
  }

  /** A key, which fits or not, and an inbox, which is there or not. */
  private address(value: Encodable): Address {
    const { random } = this;
    const key = () => (random.chance(0.8) ? this.keyOf(value) : this.keyOf(null));
    const choice = random.below(20);
    if (choice === 0) return { key: key() };
    if (choice === 1 && random.chance(0.2)) return { source: 'in:nowhere' };
    if (choice > 3 || this.world.inboxes.length === 0) return {};
    const inbox = random.pick(this.world.inboxes);
    const isKeyed = random.chance(0.9) ? inbox.isKeyed : !inbox.isKeyed;
    return isKeyed ? { source: inbox.source, key: key() } : { source: inbox.source };
  }

  private keyOf(value: Encodable): Uint8Array | { readonly json: JsonValue } {
    const { random } = this;
    if (random.chance(0.1)) return random.pick([utf8('no key'), new Uint8Array(5000)]);
    const id = (value as { readonly id?: Encodable } | null)?.id ?? this.commands.key();
    if (random.chance(0.7)) return encodeAs(id, random.pick(['canonical', 'loose']));
    const json = this.definition.schemas.get('g/Key@1')?.toJson(encode(id));
    return json?.ok ? { json: json.value } : encode(id);
  }

  private dedup(): Pick<RawEvent, 'dedup'> {
    const { random } = this;
    if (random.chance(0.85)) return {};
    return { dedup: random.pick([...DEDUP_IDS, random.chance(0.2) ? 'd'.repeat(257) : 'd5']) };
  }

  /** Starts a plan by hand, where the world allows it. */
  private planStart(): RawEvent {
    const { random } = this;
    const plan = random.pick(['g/main@1', 'g/main@1', 'g/side@1', 'g/child@1', 'g/nowhere@1']);
    const input = this.commands.event(random.chance(0.9) ? 'g/Go@1' : 'g/Reply@1');
    return { schema: 'sys/PlanStart@1', cbor: encode({ plan, input: looseBytes(input) }) };
  }

  private unfit(): RawEvent {
    const { random } = this;
    const event = this.commands.event('g/Do@1') as { readonly [name: string]: Encodable };
    const { other, ...missing } = event;
    return random.pick<RawEvent>([
      { schema: 'g/Nowhere@1', cbor: encode(null) },
      { schema: 'g/Do@1', cbor: utf8('no cbor at all') },
      { schema: 'g/Do@1', cbor: encode(missing) },
      { schema: 'g/Do@1', cbor: encode({ ...event, more: 1 }) },
      { schema: 'g/Do@1', cbor: encode({ ...event, other: -1 }) },
      { schema: 'g/Do@1', cbor: encode({ ...event, other: String(other) }) },
      { schema: 'g/AEvent@1', cbor: encode({ $tag: 'Never', $value: null }) },
      { schema: 'g/Do@1', json: { $tag: 'unfit' } },
      { schema: 'g/Say@1', cbor: encode({ ...missing, more: new Uint8Array(70_000) }) },
    ]);
  }
}

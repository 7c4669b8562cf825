/** Programs for scripted modules, made by chance: what good modules do, and everything bad. */
import type { WorldDefinition } from '@aos/air';
import { decode, type Encodable, toHex, utf8 } from '@aos/canon';
import { type Act, type Ask, encodeProgram, type Form } from '../kernel/script.js';
import { EFFECT_KINDS } from '../palette/authority-palette.js';
import { SECRET_ALIASES } from '../palette/native-palette.js';
import { EVENTS } from '../palette/palette.js';
import type { Random } from '../random.js';
import type { Outside } from './outside.js';
import { randomValue } from './random-value.js';

/** Ends of a call that are the engine's to report (spec, modules). */
const ENGINE_FAULTS = [
  'module-trap',
  'out-of-fuel',
  'stack-overflow',
  'memory-limit',
  'module-alloc',
  'module-output-bounds',
  'module-output-size',
  'module-export-missing',
] as const;

/** How many events deep a program may reach on. */
const MAX_DEPTH = 3;
const MAX_ACTS = 3;

const FORMS: readonly Form[] = ['canonical', 'canonical', 'untagged', 'loose'];
const SLOTS = [null, null, 'timer', 'small', 'brief', 'loose', 'nameless'] as const;

/** What plans are correlated by, and name secrets by. */
const LABELS = ['a', 'b', ...SECRET_ALIASES];

/** Makes programs and values for one world. */
export class Commands {
  /** A few keys, so that cells are met again. */
  private readonly ids: readonly Encodable[];

  constructor(
    private readonly random: Random,
    private readonly definition: WorldDefinition,
    private readonly outside: Outside,
  ) {
    const { type } = this.schema('g/Key@1');
    this.ids = Array.from({ length: 4 }, () => randomValue(random, type));
  }

  /** A value of one of the event schemas, with a program in it. */
  event(schema: string, depth = 0): Encodable {
    const { random } = this;
    const { type } = this.schema(schema);
    const isFamily = type.kind === 'variant' && type.arms.has('Do') && type.arms.has('Say');
    if (!isFamily || random.chance(0.05)) return this.fill(randomValue(random, type), depth);
    // The other arms carry receipts, which only the kernel may make.
    const $tag = random.pick(['Do', 'Say']);
    return { $tag, $value: this.event(`g/${$tag}@1`, depth) };
  }

  key(): Encodable {
    return this.random.pick(this.ids);
  }

  /** Puts a known key, a fresh program and known labels wherever an event has its own. */
  private fill(value: Encodable, depth: number): Encodable {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
    const fields = value as { readonly [name: string]: Encodable };
    if ('$value' in fields) return { ...fields, $value: this.fill(fields.$value ?? null, depth) };
    const known: { readonly [name: string]: () => Encodable } = {
      id: () => this.key(),
      do: () => this.program(depth),
      other: () => this.random.below(4),
      label: () => this.random.pick(LABELS),
    };
    return Object.fromEntries(
      Object.entries(fields).map(([name, field]) => [name, known[name]?.() ?? field]),
    );
  }

  program(depth = 0): Uint8Array {
    const count = 1 + this.random.below(MAX_ACTS);
    return encodeProgram(Array.from({ length: count }, () => this.act(depth)));
  }

  private act(depth: number): Act {
    const { random } = this;
    const act = random.weighted<() => Act>([
      [30, () => ['inc']],
      [6, () => ['put', random.below(3)]],
      [5, () => ['pad', random.pick([0, 200, 300, 5000])]],
      [4, () => ['drop']],
      [4, () => ['look']],
      [4, () => ['ann', random.chance(0.8) ? { why: 'because' } : { why: 7 }]],
      [depth < MAX_DEPTH ? 17 : 0, () => this.say(depth + 1)],
      [17, () => ['ask', this.ask(depth + 1)]],
      [depth < MAX_DEPTH ? 2 : 0, () => this.flood()],
      [11, () => this.bad()],
    ]);
    return act();
  }

  private say(depth: number): Act {
    const { random } = this;
    const schema = random.pick(EVENTS);
    const key = random.chance(0.1) ? utf8('correlation') : null;
    return ['say', schema, this.event(schema, depth), key, random.pick(FORMS)];
  }

  private ask(depth: number): Ask {
    const { random } = this;
    const slot = random.pick(SLOTS);
    const usual = slot === 'timer' ? 'timer.set' : 'g.ask';
    const known = random.chance(0.05) ? this.askAgain() : undefined;
    if (known !== undefined) return known;
    const kind = random.chance(0.9) ? usual : random.pick(EFFECT_KINDS);
    const size = random.chance(0.9) ? 32 : 31;
    const key = random.chance(0.3) ? new Uint8Array(size).fill(random.below(3)) : null;
    const padBytes = kind === 'g.ask' && random.chance(0.02) ? 70_000 : 0;
    const params = this.params(kind, depth);
    return { kind, params, form: random.pick(FORMS), slot, key, padBytes };
  }

  /** What somebody has asked already, under the very key that the kernel made for it. */
  private askAgain(): Ask | undefined {
    const [known] = this.random.shuffled([...this.outside.open.values()]);
    const params = known?.params === undefined ? undefined : decode(known.params);
    if (known === undefined || !params?.ok) return undefined;
    const slot = known.cap === 'ask' ? null : known.cap;
    const { effect: kind, key } = known;
    return { kind, params: params.value, form: 'canonical', slot, key, padBytes: 0 };
  }

  /** Parameters of an effect, out of its schema now and then. */
  params(kind: string, depth: number): Encodable {
    const { random } = this;
    if (random.chance(0.03)) return { unfit: true };
    const program = depth < MAX_DEPTH ? this.program(depth) : encodeProgram([['inc']]);
    if (kind === 'timer.set') {
      return {
        deliver_at_ns: random.below(10_000),
        key: random.chance(0.8) ? toHex(program) : null,
      };
    }
    return { n: random.pick([1, 5, 13, 14, 50, 500]), do: program };
  }

  private flood(): Act {
    const { random } = this;
    const schema = random.pick(EVENTS);
    const count = random.pick([2, 5, 20, 300]);
    return ['flood', count, schema, this.event(schema, MAX_DEPTH)];
  }

  private bad(): Act {
    const { random } = this;
    const say = (schema: string, value: Encodable, key: Uint8Array | null = null): Act => [
      'say',
      schema,
      value,
      key,
      'canonical',
    ];
    return random.pick<() => Act>([
      () => ['fault', random.pick(ENGINE_FAULTS)],
      () => ['fault', random.pick(ENGINE_FAULTS)],
      () => ['answer', random.pick([new Uint8Array(), utf8('no cbor'), Uint8Array.of(0xa0)])],
      () => ['state', random.pick([new Uint8Array(), Uint8Array.of(0xd9, 0xd9, 0xf7, 0x01)])],
      () => ['put', -1],
      () => ['ann', { why: null }],
      () => say('g/Nowhere@1', null),
      () => say('sys/EffectError@1', { code: 'defect', message: '' }),
      () => say('sys/TimerFired@1', this.reserved('sys/TimerFired@1')),
      () => say('g/Do@1', { unfit: true }),
      () => say('g/Say@1', this.event('g/Say@1', MAX_DEPTH), new Uint8Array(4097)),
      () => say('g/Do@1', this.event('g/Do@1', MAX_DEPTH), Uint8Array.of(0xd9, 0xd9, 0xf7, 0x18)),
      () => ['bulk', this.key(), 70_000],
    ])();
  }

  /** What only the kernel may say. */
  private reserved(name: string): Encodable {
    const schema = this.definition.schemas.get(name);
    return schema === undefined ? null : randomValue(this.random, schema.type);
  }

  private schema(name: string) {
    const schema = this.definition.schemas.get(name);
    if (schema === undefined) throw new Error(`the palette has no schema ${name}`);
    return schema;
  }
}

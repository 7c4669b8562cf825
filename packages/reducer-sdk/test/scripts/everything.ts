/** Uses every shape, and hands back what it was given as the event says. */
import {
  bool,
  bytes,
  DELETED,
  dec128,
  defineReducer,
  duration,
  effect,
  hash,
  int,
  intNumber,
  list,
  map,
  nat,
  natNumber,
  option,
  record,
  schema,
  set,
  text,
  time,
  unit,
  uuid,
  variant,
} from '@aos/reducer-sdk/script';

const Everything = schema(
  'test/Everything@1',
  record({
    bool,
    bytes,
    dec128,
    duration,
    hash,
    int,
    int_number: intNumber,
    nat,
    nat_number: natNumber,
    text,
    time,
    unit,
    uuid,
    option: option(nat),
    list: list(variant({ None: unit, Some: text })),
    set: set(nat),
    by_text: map(text, nat),
    by_nat: map(nat, record({ deep: list(list(bool)) })),
    by_int: map(int, text),
    '0digit': option(text),
  }),
);

const Note = schema('test/Note@1', record({ text }));
const send = effect('test.send', record({ to: text, body: bytes }));

const Event = schema(
  'test/Event@1',
  variant({
    Put: Everything,
    Keep: unit,
    Delete: unit,
    Raise: record({ text, key: option(bytes), times: natNumber }),
    Send: record({ to: text, body: bytes, slot: option(text), key: option(bytes) }),
    Annotate: text,
    Tell: unit,
    Throw: text,
    Spin: unit,
    Recurse: nat,
    Hoard: unit,
    Match: text,
    Total: unit,
    Look: unit,
  }),
);

const recurse = (depth: bigint): bigint => (depth === 0n ? 0n : 1n + recurse(depth - 1n));

export default defineReducer(
  { state: Everything, event: Event, annotations: text, effects: [send] },
  (state, event, ctx) => {
    switch (event.$tag) {
      case 'Put':
        return event.$value;
      case 'Keep':
        return undefined;
      case 'Delete':
        return DELETED;
      case 'Raise': {
        const { text, key, times } = event.$value;
        for (let i = 0; i < times; i++) ctx.raise(Note, { text: `${text}${i}` }, key ?? undefined);
        return;
      }
      case 'Send': {
        const { to, body, slot, key } = event.$value;
        const options = { ...(slot && { slot }), ...(key && { idempotencyKey: key }) };
        ctx.emit(send, { to, body }, options);
        return;
      }
      case 'Annotate':
        ctx.annotate(`${event.$value} ${ctx.schema} ${ctx.eventKey?.join() ?? 'no key'}`);
        return;
      case 'Tell': {
        const { now_ns, logical_now_ns, entropy, reducer, cell_mode } = ctx.world;
        ctx.annotate([now_ns, logical_now_ns, entropy.join(), reducer, cell_mode].join(' '));
        return;
      }
      case 'Throw':
        throw new TypeError(event.$value);
      case 'Spin':
        for (;;);
      case 'Recurse':
        ctx.annotate(String(recurse(event.$value)));
        return;
      case 'Hoard': {
        const hoard: string[] = [];
        for (;;) hoard.push('x'.repeat(100_000) + hoard.length);
      }
      case 'Match':
        ctx.annotate(String(/^(a+)+$/.test(event.$value)));
        return;
      case 'Look': {
        const names = Object.getOwnPropertyNames(globalThis);
        ctx.annotate(
          names
            .filter((name) => !name.startsWith('__'))
            .sort()
            .join(' '),
        );
        return;
      }
      case 'Total': {
        if (!state) return;
        const total = [...state.by_text].map(([key, value]) => `${key}=${value}`);
        ctx.annotate([...total, ...state.by_nat.keys(), state.set.join('+')].join(','));
        return;
      }
    }
  },
);

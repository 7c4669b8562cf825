/**
 * The two ends of a world that is attacked: code that says what it is told to, and an outside that
 * counts.
 */
import { decodePlain, encode, encodeUntagged, sha256 } from '@aos/canon';
import type { HostEngine } from '@aos/host';
import {
  type Adapter,
  type EffectCall,
  type EffectContext,
  type EffectOutcome,
  failedOutcome,
  okOutcome,
} from '@aos/protocol';

/** What the outside answers to a kind; everything else fails, which is executed all the same. */
export type Answers = Readonly<Record<string, (call: EffectCall) => EffectOutcome>>;

export const PAID = { pay: () => okOutcome({ n: 1 }) } satisfies Answers;

const CALLED_OFF = { status: 'cancelled', code: 'counted', message: 'it was called off' } as const;

/** Counts what is started. */
export class CountingAdapter implements Adapter {
  readonly id = 'counting';
  readonly started: EffectCall[] = [];
  readonly #held: (() => void)[] = [];

  constructor(
    readonly kinds: readonly string[],
    private readonly answers: Answers,
    private readonly held: readonly string[],
  ) {}

  async start(call: EffectCall, { cancel }: EffectContext): Promise<EffectOutcome> {
    this.started.push(call);
    if (this.held.includes(call.effect)) {
      await new Promise<void>((resolve) => {
        this.#held.push(resolve);
        cancel.onCancel(resolve);
      });
      if (cancel.isCancelled) return failedOutcome(CALLED_OFF);
    }
    const failed = { status: 'error', code: 'counted', message: 'it was counted' } as const;
    return this.answers[call.effect]?.(call) ?? failedOutcome(failed);
  }

  release(): void {
    for (const resolve of this.#held.splice(0)) resolve();
  }

  async close(): Promise<void> {
    this.release();
  }
}

/** Says what its event tells it to; an enforcer says what the grant tells it to. */
export const puppets: HostEngine = {
  load: (bytes) => ({ ok: true, value: sha256(bytes) }),
  has: () => true,
  call(_module, _entry, input, { fuel }) {
    const envelope = mapOf(input);
    const asked = envelope.get('input');
    if (asked !== undefined) return answer(enforce(mapOf(asked)), fuel);
    const event = mapOf((envelope.get('event') as Plain).get('value'));
    const told = findTold(event);
    return told instanceof Uint8Array
      ? { kind: 'output', output: told, fuel: 1 }
      : answer({ state: envelope.get('state') ?? null, domain_events: [], effects: [], ann: null });
  },
};

type Plain = ReadonlyMap<unknown, unknown>;

export function mapOf(bytes: unknown): Plain {
  const read = bytes instanceof Uint8Array ? decodePlain(bytes) : undefined;
  return read?.ok === true && read.value instanceof Map ? read.value : new Map();
}

/** In the event itself, or in the receipt that it carries. */
function findTold(event: Plain): unknown {
  const value = event.get('$value');
  const inner: Plain = value instanceof Map ? value : event;
  return inner.get('answer') ?? mapOf(inner.get('receipt')).get('answer');
}

const answer = (output: unknown, fuel = 1) =>
  output === 'trap'
    ? { kind: 'fault' as const, code: 'module-trap', fuel }
    : { kind: 'output' as const, output: encodeUntagged(output as never), fuel: 1 };

/** What the grant tells it to: `allow`, `deny`, `trap`, or nonsense. */
function enforce(asked: Plain): unknown {
  const says = mapOf(asked.get('cap_params')).get('says');
  if (says === 'trap') return 'trap';
  if (says === 'nonsense') return { output: encode({ yes: true }) };
  const isFine = says === 'allow';
  const deny = isFine ? null : { code: 'not-today', message: '' };
  return { output: encode({ constraints_ok: isFine, deny }) };
}

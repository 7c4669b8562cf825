/**
 * What a world asks about its own journal. No kernel has the journal, so the host answers, like any
 * adapter: by a receipt, so that a replay needs no journal to look into.
 */
import { type Encodable, toHashText } from '@aos/canon';
import type { World } from '@aos/kernel';
import {
  type Adapter,
  type EffectCall,
  type EffectContext,
  type EffectOutcome,
  failedOutcome,
  okOutcome,
  type WorldStore,
} from '@aos/protocol';
import { JournalIndex } from '../control/journal-index.js';
import { answerDecisions } from './decisions.js';
import { JOURNAL_KINDS } from './host-kinds.js';
import { JournalSource } from './journal-source.js';
import { type Answer, Question } from './question.js';
import { answerWhy } from './whys.js';

const CANCELLED = {
  status: 'cancelled',
  code: 'effect-cancelled',
  message: 'nobody waits for the answer any more',
} as const;

/** With the host's own answers, where nobody else gives them. */
export function withIntrospection(
  adapters: readonly Adapter[],
  store: WorldStore,
  look: () => World,
): readonly Adapter[] {
  const served = new Set(adapters.flatMap(({ kinds }) => kinds));
  if (JOURNAL_KINDS.some((kind) => served.has(kind))) return adapters;
  return [...adapters, new IntrospectAdapter(store, look)];
}

class IntrospectAdapter implements Adapter {
  readonly id = 'host.introspect';
  readonly kinds = JOURNAL_KINDS;
  readonly #source: JournalSource;
  readonly #index: JournalIndex;

  constructor(store: WorldStore, look: () => World) {
    this.#source = new JournalSource(store, look);
    this.#index = new JournalIndex(this.#source);
  }

  start(call: EffectCall, { cancel }: EffectContext): Promise<EffectOutcome> {
    const cancelled = new Promise<EffectOutcome>((resolve) => {
      cancel.onCancel(() => resolve(failedOutcome(CANCELLED)));
    });
    return Promise.race([this.#answer(call), cancelled]);
  }

  async #answer({ effect, params }: EffectCall): Promise<EffectOutcome> {
    const asked = new Question(params);
    return this.#outcomeOf(
      await (effect === 'introspect.why'
        ? answerWhy(this.#index, asked)
        : answerDecisions(this.#source, asked)),
    );
  }

  async close(): Promise<void> {
    this.#index.close();
  }

  #outcomeOf(answer: Answer): EffectOutcome {
    if ('code' in answer) {
      const message = 'the question cannot be answered as it was asked';
      return failedOutcome({ status: 'error', code: answer.code, message });
    }
    const { world, head } = this.#source;
    const manifest_hash = toHashText(world.program.definition.manifestHash);
    const meta = { journal_height: head + 1, snapshot_hash: null, manifest_hash };
    return okOutcome({ ...(answer.payload as Record<string, Encodable>), meta });
  }
}

/** Effects that go through a gate one after the other and settle, and what that does to budgets. */
import { type Encodable, encode } from '@aos/canon';
import { authorize } from '../src/gate/authorize.js';
import type { Gate } from '../src/gate/gate.js';
import type { GateState } from '../src/gate/gate-state.js';
import { type Ledger, ledgerKey } from '../src/gate/limits/ledger.js';
import { type SettledUse, settleBudget } from '../src/gate/limits/settle-budget.js';
import type { OpenIntent } from '../src/gate/open-intent.js';
import type { EffectRequest } from '../src/gate/requests/effect-request.js';
import type { GateVerdict } from '../src/gate/verdict.js';
import {
  ask,
  emptyState,
  type GateBrief,
  gateOf,
  type Json,
  outcomeOf,
  portsOf,
} from './gate-world.js';

/** A grant of `g/note@1`. */
export const grant = (name: string, budget?: Json, parent?: string): Json => ({
  name,
  cap: 'g/note@1',
  params: {},
  ...(budget === undefined ? {} : { budget }),
  ...(parent === undefined ? {} : { parent }),
});

/** A gate and its state, through which effects go one after the other. */
export class Spending {
  readonly gate: Gate;
  state: GateState = emptyState();
  #asked = 0;

  constructor(brief: GateBrief) {
    this.gate = gateOf(brief);
  }

  /** What the gate says to one more, which takes nothing. */
  verdict(changes: Partial<EffectRequest> = {}): GateVerdict {
    const request = ask({ index: this.#asked, params: asked('x'), ...changes });
    return authorize(this.gate, this.state, request, portsOf());
  }

  /** The intent, or the code of the denial. */
  open(changes: Partial<EffectRequest> & { logicalNowNs?: bigint } = {}): OpenIntent | string {
    const request = ask({ index: this.#asked++, params: asked('x'), ...changes });
    const verdict = authorize(this.gate, this.state, request, portsOf());
    if (verdict.kind !== 'open') return outcomeOf(verdict);
    this.state = verdict.state;
    return verdict.intent;
  }

  mustOpen(changes: Parameters<Spending['open']>[0] = {}): OpenIntent {
    const intent = this.open(changes);
    if (typeof intent === 'string') throw new Error(intent);
    return intent;
  }

  settle(intent: OpenIntent, use: Partial<SettledUse> & { readonly receipt?: Encodable } = {}) {
    const { receipt = {}, ...rest } = use;
    const payload = encode({ cost_cents: null, size: null, token_usage: null, ...Object(receipt) });
    const settled = { status: 'ok' as const, code: null, payload, ...rest };
    this.state = settleBudget(this.state, intent, settled);
  }

  ledger(name: string): Ledger | undefined {
    return this.state.ledgers.get(ledgerKey(name));
  }
}

/** Parameters of a `g.note` that costs a cent at most. */
export const asked = (text: string, more: { [field: string]: Encodable } = {}) =>
  encode({ text, max_cost_cents: 1, ...more });

/**
 * Running inputs on a fork, as a host would that has them all and no outside.
 *
 * F1. What a world asks of the outside is answered by the past, a script, or the least
 *     value of the receipt schema; what was open before is answered by the past or a script only.
 * F2. Time is that of the inputs: what is due by then fires before them.
 * F3. Where a limit is reached the run ends, and says so.
 */
import type { CompiledSchema } from '@aos/air';
import { encode, type Hash, sha256, toHex } from '@aos/canon';
import type { Engine, Entry, Stamp } from '@aos/protocol';
import { admit } from '../../admit/admit.js';
import type { AdmittedInput, RawEvent, RawReceipt } from '../../admit/admitted.js';
import type { OpenIntent } from '../../gate/open-intent.js';
import { programOf } from '../../program/program-cache.js';
import { step } from '../../step/step.js';
import { ObjectsNeeded } from '../../trie/objects-needed.js';
import { isRunning, type World, wakeAtOf } from '../../world/world.js';
import type { ShadowLimits } from '../limits.js';
import type { ReceiptsFrom } from '../report.js';
import { findScript, type RecordedEffects, type ScriptedReceipt } from './answers.js';
import { bodyOf, rebind } from './rebind.js';
import { leastValue } from './synthetic.js';
import { type DueTimer, ForkTimers, firedValue } from './timers.js';
import type { TimedInput } from './window.js';

/** What one input led to. */
export interface Moment {
  readonly at: number;
  /** Kind of the input. */
  readonly input: string;
  /** Why it was not taken. */
  refused: string | null;
  readonly entries: Entry[];
}

export interface ForkRun {
  readonly world: World;
  readonly moments: readonly Moment[];
  readonly steps: number;
  readonly fuel: number;
  readonly costCents: bigint;
  readonly receiptsFrom: ReceiptsFrom;
  readonly isCut: boolean;
}

export interface ForkRunPorts {
  readonly engine: Engine;
  readonly limits: ShadowLimits;
  readonly scripts: readonly ScriptedReceipt[];
  /** Of the window; without it nothing of the past answers. */
  readonly recorded?: RecordedEffects;
}

/** Where the moments of pending work are, and those that come as time goes on. */
const PENDING = -1;
const TIME = -2;

export class ForkRunner {
  readonly #moments: Moment[] = [];
  readonly #from = { recorded: 0, scripted: 0, synthetic: 0 };
  #released: Hash[] = [];
  #steps = 0;
  #fuel = 0;
  #costCents = 0n;
  #isCut = false;
  /** Steps beside inputs, of the present moment. */
  #extra = 0;
  readonly #timers = new ForkTimers();

  constructor(
    private world: World,
    private readonly ports: ForkRunPorts,
  ) {}

  /** What waits goes on, and scripts answer what is open. Throws ObjectsNeeded. */
  runPending(stamp: Stamp): void {
    const moment = this.#begin(PENDING, 'continue');
    this.#released = [...this.world.intents.range()]
      .filter((intent) => intent.state === 'released' && this.#scriptOf(intent) !== undefined)
      .map(({ hash }) => hash);
    this.#settle(moment, stamp);
  }

  /** Throws ObjectsNeeded. */
  runInput({ at, stamp, input }: TimedInput): void {
    const moment = this.#begin(at, input.kind);
    const isDue = (wakeAtOf(this.world) ?? stamp.logicalNowNs) < stamp.logicalNowNs;
    if (isDue && input.kind !== 'tick') this.#take(moment, { kind: 'tick' }, this.#more(stamp));
    if (input.kind === 'tick') this.#tick(moment, stamp);
    else this.#give(moment, input, stamp);
    this.#settle(moment, stamp);
  }

  /** An event as it would come from outside. Throws ObjectsNeeded. */
  runEvent(at: number, raw: RawEvent, stamp: Stamp): void {
    const moment = this.#begin(at, 'event');
    this.#admit(moment, raw, stamp);
    this.#settle(moment, stamp);
  }

  /** Time goes on as far as the limits say; what is due fires. Throws ObjectsNeeded. */
  runTime(from: Stamp): void {
    if (!this.#hasTime) return;
    const moment = this.#begin(TIME, 'tick');
    for (const intent of this.world.intents.range()) {
      if (intent.state === 'released') this.#timers.add(intent);
    }
    const endNs = from.logicalNowNs + BigInt(this.ports.limits.advance_ns);
    while (!this.#isCut && isRunning(this.world)) {
      const { first } = this.#timers;
      const wakeNs = wakeAtOf(this.world);
      const isTimer = first !== undefined && (wakeNs === undefined || first.dueNs < wakeNs);
      const dueNs = isTimer ? first.dueNs : wakeNs;
      if (dueNs === undefined || dueNs > endNs) return;
      const stamp = this.#more(laterStamp(from, dueNs));
      if (isTimer) this.#fire(moment, first, stamp);
      else this.#take(moment, { kind: 'tick' }, stamp);
      this.#settle(moment, stamp);
    }
  }

  #fire(moment: Moment, timer: DueTimer, stamp: Stamp): void {
    this.#timers.remove(timer);
    const intent = this.world.intents.get(timer.intent);
    if (intent?.state !== 'released') return;
    const schema = this.#receiptSchemaOf(intent);
    if (schema === undefined) return;
    this.#from.synthetic += 1;
    const payload = firedValue(schema, intent);
    this.#answer(moment, intent, madeUp(this.world, intent, { status: 'ok', payload }), stamp);
  }

  /** Only of the head fork, which no past answers. */
  get #hasTime(): boolean {
    return this.ports.recorded === undefined && this.ports.limits.advance_ns > 0;
  }

  end(): ForkRun {
    const { world } = this;
    const waiting = [...world.intents.range()].filter(({ state }) => state === 'released');
    return {
      world,
      moments: this.#moments,
      steps: this.#steps,
      fuel: this.#fuel,
      costCents: this.#costCents,
      receiptsFrom: { ...this.#from, open: waiting.length },
      isCut: this.#isCut,
    };
  }

  #begin(at: number, input: string): Moment {
    const moment = { at, input, refused: null, entries: [] };
    this.#moments.push(moment);
    this.#extra = 0;
    return moment;
  }

  /** Its own clock says when a run has ticks. */
  #tick(moment: Moment, stamp: Stamp): void {
    const dueNs = wakeAtOf(this.world);
    if (dueNs === undefined || dueNs > stamp.logicalNowNs) return;
    this.#take(moment, { kind: 'tick' }, stamp);
  }

  #give(moment: Moment, input: AdmittedInput, stamp: Stamp): void {
    const { recorded } = this.ports;
    if (input.kind === 'receipt') {
      this.#giveReceipt(moment, input, stamp);
      return;
    }
    const rebound = rebind(this.world, input, (past) => recorded?.boundTo(past));
    if (rebound === undefined) return;
    if (rebound.kind === 'stream-frame') this.#take(moment, rebound, stamp);
    else if (rebound.kind !== 'event') this.#admit(moment, rebound, stamp);
    else this.#admit(moment, eventOf(rebound), stamp);
  }

  #giveReceipt(moment: Moment, past: RawReceipt, stamp: Stamp): void {
    const { recorded } = this.ports;
    const hash = recorded?.boundTo(past.receipt.intentHash);
    const intent = hash && this.world.intents.get(hash);
    if (hash === undefined) recorded?.keep(past);
    if (intent?.state !== 'released') return;
    this.#from.recorded += 1;
    this.#answer(moment, intent, past, stamp);
  }

  #answer(
    moment: Moment,
    intent: OpenIntent,
    { receipt, payload, keyId, sig }: RawReceipt,
    stamp: Stamp,
  ): void {
    this.#costCents += receipt.costCents ?? 0n;
    const body = { ...receipt, ...bodyOf(this.world, intent) };
    this.#take(moment, { kind: 'receipt', receipt: body, payload, keyId, sig }, stamp);
  }

  #admit(moment: Moment, raw: Parameters<typeof admit>[1], stamp: Stamp): void {
    const admission = admit(this.world, raw, { engine: this.ports.engine });
    if (admission.kind === 'need') throw new ObjectsNeeded(admission.hashes, admission.modules);
    if (admission.kind === 'admitted') this.#take(moment, admission.input, stamp);
    else moment.refused = admission.kind === 'refused' ? admission.refusal.code : admission.kind;
  }

  #take(moment: Moment, input: AdmittedInput, stamp: Stamp): void {
    const { engine, limits, recorded } = this.ports;
    if (this.#steps >= limits.steps || this.#fuel >= limits.fuel) this.#isCut = true;
    if (this.#isCut) return;
    const done = step(this.world, input, this.#notBefore(stamp), { engine });
    if (done.kind === 'need') throw new ObjectsNeeded(done.hashes, done.modules);
    this.world = done.world;
    this.#steps += 1;
    this.#fuel += done.record.fuel;
    for (const entry of done.record.entries) {
      moment.entries.push(entry);
      const intent = entry.kind === 'intent' ? this.world.intents.get(entry.intent) : undefined;
      if (intent !== undefined && recorded?.bind(intent) === true) {
        this.#bound.add(toHex(intent.hash));
      }
    }
    for (const output of done.outputs) {
      if (output.kind === 'release') this.#released.push(output.intent);
    }
  }

  /** Intents of this run that the past answers, when it did. */
  readonly #bound = new Set<string>();

  #notBefore(stamp: Stamp): Stamp {
    const { logicalNowNs } = this.world;
    return stamp.logicalNowNs >= logicalNowNs ? stamp : { ...stamp, logicalNowNs };
  }

  /** The stamp of a step that no input of the past has one for. */
  #more(stamp: Stamp): Stamp {
    this.#extra += 1;
    return { ...stamp, entropy: sha256(encode(['aos/shadow/0', stamp.entropy, this.#extra])) };
  }

  /** Runs what is left over and answers what was let out, until nothing of either is there. */
  #settle(moment: Moment, stamp: Stamp): void {
    let answers = 0;
    while (!this.#isCut) {
      if (this.world.pending.length > 0 && isRunning(this.world)) {
        this.#take(moment, { kind: 'continue' }, this.#more(stamp));
        continue;
      }
      const hash = this.#released.shift();
      if (hash === undefined) return;
      const intent = this.world.intents.get(hash);
      const receipt = intent && this.#receiptFor(intent);
      if (intent === undefined || receipt === undefined) continue;
      answers += 1;
      if (answers > this.ports.limits.answers) this.#isCut = true;
      else this.#answer(moment, intent, receipt, this.#more(stamp));
    }
  }

  /** Undefined for what is not answered now. */
  #receiptFor(intent: OpenIntent): RawReceipt | undefined {
    const early = this.ports.recorded?.takeEarly(intent.hash);
    if (early !== undefined) {
      this.#from.recorded += 1;
      return early;
    }
    if (this.#bound.has(toHex(intent.hash))) return undefined;
    const script = this.#scriptOf(intent);
    if (script !== undefined) {
      this.#from.scripted += 1;
      return madeUp(this.world, intent, script);
    }
    if (this.#hasTime && this.#timers.add(intent)) return undefined;
    const schema = this.#receiptSchemaOf(intent);
    if (schema === undefined) return undefined;
    this.#from.synthetic += 1;
    return madeUp(this.world, intent, { status: 'ok', payload: leastValue(schema) });
  }

  #receiptSchemaOf({ manifest, effect }: OpenIntent): CompiledSchema | undefined {
    return programOf(this.world, manifest).gate.effects.get(effect)?.receipt;
  }

  #scriptOf(intent: OpenIntent): ScriptedReceipt | undefined {
    return findScript(this.ports.scripts, intent);
  }
}

function laterStamp(from: Stamp, dueNs: bigint): Stamp {
  const passedNs = dueNs > from.logicalNowNs ? dueNs - from.logicalNowNs : 0n;
  const [nowNs, logicalNowNs] = [from.nowNs + passedNs, from.logicalNowNs + passedNs];
  return { ...from, nowNs, logicalNowNs };
}

function eventOf(input: Extract<AdmittedInput, { readonly kind: 'event' }>): RawEvent {
  const { value, ...event } = input;
  return { ...event, cbor: value };
}

function madeUp(
  world: World,
  intent: OpenIntent,
  answer: Pick<ScriptedReceipt, 'status' | 'payload' | 'costCents'>,
): RawReceipt {
  const { status, payload, costCents } = answer;
  const cost = costCents === undefined ? {} : { costCents };
  const names = { adapterId: 'shadow', status, payloadHash: sha256(payload) };
  return {
    kind: 'receipt',
    receipt: { ...bodyOf(world, intent), ...names, ...cost },
    payload,
    keyId: NOBODY,
    sig: new Uint8Array(64),
  };
}

/** No key has it. */
const NOBODY = sha256(new Uint8Array(0));

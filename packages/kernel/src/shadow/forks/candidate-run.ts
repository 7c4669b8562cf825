/**
 * The past once more, under another definition: each recorded input is given as it came, when it
 * came.
 *
 * L1. Under the definition of the past itself the records are the same, byte for byte: steps of a
 *     run are those of the record, and more only where the run has work left over, or waits for a
 *     time, that the past did not.
 * L2. Nothing is made up. What was asked for in the past is answered as it was then; what was not
 *     stays open, and is told.
 */
import { bytesEqual, encode, type Hash, sha256 } from '@aos/canon';
import type { Engine, JournalRecord, ObjectReader, Stamp } from '@aos/protocol';
import { admit } from '../../admit/admit.js';
import type { AdmittedInput, RawInput, RawReceipt } from '../../admit/admitted.js';
import type { OpenIntent } from '../../gate/open-intent.js';
import { feedInput } from '../../replay/feed.js';
import { step } from '../../step/step.js';
import { type Need, ObjectsNeeded } from '../../trie/objects-needed.js';
import { isRunning, type World, wakeAtOf } from '../../world/world.js';
import type { RecordedEffects } from './answers.js';
import type { ForkRun, Moment } from './fork-run.js';
import { bodyOf, rebind } from './rebind.js';

/** The recorded world around one record. */
export interface RecordedMoment {
  readonly record: JournalRecord;
  /** The manifest that was in force when its input came. */
  readonly manifest: Hash;
  /** Something was due then. */
  readonly wasDue: boolean;
  /** Work was left over behind it. */
  readonly leftWork: boolean;
}

export interface CandidatePorts {
  readonly engine: Engine;
  readonly object: ObjectReader;
  readonly recorded: RecordedEffects;
  /** Keeps what a step stores, so that later steps can read it. */
  readonly store: (hash: Hash, bytes: Uint8Array) => void;
  /** Brings what is needed into memory, or throws. */
  readonly serve: (need: Need) => void;
  /** Steps beside those of the record that a run may take. */
  readonly extraSteps: number;
}

/** An effect that nothing of the past answers. */
export interface Unanswered {
  readonly intent: OpenIntent;
  readonly at: number;
}

export class CandidateRun {
  readonly unanswered: Unanswered[] = [];
  /**
   * Records whose inputs are about nothing here: changes of a definition that is not in force in
   * the run, and rulings on what was never asked.
   */
  readonly leftOut = new Set<number>();
  readonly #moments: Moment[] = [];
  #steps = 0;
  #extra = 0;
  #fuel = 0;
  #costCents = 0n;
  #answered = 0;
  #isCut = false;

  constructor(
    private world: World,
    private readonly ports: CandidatePorts,
  ) {}

  /** Gives the input of a record. */
  add({ record, manifest, wasDue, leftWork }: RecordedMoment): void {
    const { seq, stamp } = record;
    const input = this.#fed(record);
    const moment: Moment = { at: seq, input: input.kind, refused: null, entries: [] };
    this.#moments.push(moment);
    const isDue = (wakeAtOf(this.world) ?? stamp.logicalNowNs) < stamp.logicalNowNs;
    if (isDue && !wasDue && isRunning(this.world)) this.#more(moment, { kind: 'tick' }, stamp);
    const isSame = bytesEqual(manifest, this.world.program.definition.manifestHash);
    if (input.kind === 'governance' && isSame && isOfDefinition(input)) {
      moment.refused = this.#admit(moment, input, stamp) ?? null;
    } else this.#give(moment, input, stamp);
    while (!this.#isCut && !leftWork && this.world.pending.length > 0 && isRunning(this.world)) {
      this.#more(moment, { kind: 'continue' }, stamp);
    }
  }

  end(): ForkRun {
    const open = [...this.world.intents.range()].filter(({ state }) => state === 'released');
    return {
      world: this.world,
      moments: this.#moments,
      steps: this.#steps,
      fuel: this.#fuel,
      costCents: this.#costCents,
      receiptsFrom: { recorded: this.#answered, scripted: 0, synthetic: 0, open: open.length },
      isCut: this.#isCut,
    };
  }

  #fed({ input }: JournalRecord): AdmittedInput {
    for (;;) {
      const fed = feedInput(input, this.ports.object);
      if (fed.kind !== 'need') return fed;
      this.ports.serve(fed);
    }
  }

  #give(moment: Moment, input: AdmittedInput, stamp: Stamp): void {
    if (input.kind === 'receipt') {
      this.#giveReceipt(moment, input, stamp);
      return;
    }
    const boundTo = (past: Hash) => this.ports.recorded.boundTo(past);
    const rebound = rebind(this.world, input, boundTo);
    if (rebound === undefined) {
      if (input.kind === 'governance') this.leftOut.add(moment.at);
      return;
    }
    const isOwn = rebound.kind === 'tick' || rebound.kind === 'continue';
    const code = this.#admit(moment, rawOf(rebound), stamp);
    // whether there is anything to do is for the run to say
    if (!isOwn && code !== undefined) moment.refused = code;
  }

  #giveReceipt(moment: Moment, past: RawReceipt, stamp: Stamp): void {
    const { recorded } = this.ports;
    const hash = recorded.boundTo(past.receipt.intentHash);
    const intent = hash && this.world.intents.get(hash);
    if (hash === undefined) recorded.keep(past);
    if (intent !== undefined) this.#answer(moment, intent, past, stamp);
  }

  #answer(moment: Moment, intent: OpenIntent, past: RawReceipt, stamp: Stamp): void {
    const raw = { ...past, receipt: { ...past.receipt, ...bodyOf(this.world, intent) } };
    const code = this.#admit(moment, raw, stamp);
    if (code !== undefined) {
      moment.refused = code;
      return;
    }
    this.#answered += 1;
    this.#costCents += past.receipt.costCents ?? 0n;
  }

  /** The code of a refusal. */
  #admit(moment: Moment, raw: RawInput, stamp: Stamp): string | undefined {
    const admission = this.#asked(() => admit(this.world, raw, { engine: this.ports.engine }));
    if (admission.kind === 'refused') return admission.refusal.code;
    if (admission.kind === 'duplicate') return 'event-duplicate';
    this.#take(moment, admission.input, stamp);
    return undefined;
  }

  /** A step that the past did not have, with entropy that nobody draws. */
  #more(moment: Moment, input: AdmittedInput, stamp: Stamp): void {
    this.#extra += 1;
    if (this.#extra > this.ports.extraSteps) this.#isCut = true;
    const entropy = sha256(encode(['aos/replay/0', stamp.entropy, this.#extra]));
    this.#take(moment, input, { ...stamp, entropy });
  }

  #take(moment: Moment, input: AdmittedInput, stamp: Stamp): void {
    if (this.#isCut) return;
    const { engine, recorded, store } = this.ports;
    const done = this.#asked(() => step(this.world, input, stamp, { engine }));
    this.world = done.world;
    this.#steps += 1;
    this.#fuel += done.record.fuel;
    for (const { hash, bytes } of done.objects) store(hash, bytes);
    moment.entries.push(...done.record.entries);
    const bound: Hash[] = [];
    for (const entry of done.record.entries) {
      const intent = entry.kind === 'intent' ? this.world.intents.get(entry.intent) : undefined;
      if (intent === undefined) continue;
      if (recorded.bindAlike(intent)) bound.push(intent.hash);
      else this.unanswered.push({ intent, at: moment.at });
    }
    for (const hash of bound) this.#takeEarly(moment, hash, stamp);
  }

  /** What came in the past before this was asked for here. */
  #takeEarly(moment: Moment, hash: Hash, stamp: Stamp): void {
    const intent = this.world.intents.get(hash);
    const early = intent?.state === 'released' && this.ports.recorded.takeEarly(hash);
    if (intent !== undefined && early) this.#answer(moment, intent, early, stamp);
  }

  /** Asks until nothing is needed any more. */
  #asked<T extends { readonly kind: string }>(ask: () => T | Need): Exclude<T, Need> {
    for (;;) {
      const answer = this.#attempt(ask);
      if (answer.kind !== 'need') return answer as Exclude<T, Need>;
      this.ports.serve(answer as Need);
    }
  }

  #attempt<T>(ask: () => T | Need): T | Need {
    try {
      return ask();
    } catch (thrown) {
      if (!(thrown instanceof ObjectsNeeded)) throw thrown;
      return { kind: 'need', hashes: thrown.hashes, modules: thrown.modules };
    }
  }
}

function rawOf(input: AdmittedInput): RawInput {
  if (input.kind !== 'event') return input;
  const { value, ...event } = input;
  return { ...event, cbor: value };
}

/** Rulings on intents are about the run's own. */
const isOfDefinition = (input: Extract<AdmittedInput, { readonly kind: 'governance' }>): boolean =>
  input.verb !== 'approve-intent';

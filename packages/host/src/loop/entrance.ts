/**
 * Where inputs come in: read, admitted, and put among those that wait to be stepped.
 *
 * 1. A refusal is told at once and leaves no trace. A duplicate is told what its first was, once
 *    that is durable.
 * 2. A signature is verified while its input waits, which takes its place at once; only when it is
 *    known to hold, the input counts as accepted.
 */
import type { Result } from '@aos/canon';
import type { WorldStore } from '@aos/protocol';
import { type CryptoThreads, SignatureWait } from '../keys/signature-wait.js';
import type { SignatureVerifier } from '../keys/signatures.js';
import { type Ack, readAck } from './acks.js';
import type { Committer } from './committer.js';
import type { HostWatch } from './host-watch.js';
import type { Inbox, Waiting } from './inbox.js';
import { type Intake, type SubmittedInput, takeIn } from './intake.js';
import type { Stepper } from './stepper.js';

export interface EntrancePorts {
  readonly stepper: Stepper;
  readonly store: WorldStore;
  readonly inbox: Inbox;
  readonly committer: Committer;
  readonly verifier: SignatureVerifier;
  readonly threads: CryptoThreads;
  readonly watch: HostWatch;
  /** There may be something to step now. */
  readonly arrived: () => void;
}

export interface OfferOptions {
  /** Whoever hands it in keeps nothing of it. */
  readonly isOwn?: boolean;
  /** Told when nothing is left to be looked at before the input is stepped. */
  readonly onAccepted?: (() => void) | undefined;
}

export class Entrance {
  constructor(private readonly ports: EntrancePorts) {}

  /** As `WorldHost.submit`, of a world that has not stopped. */
  offer(submitted: SubmittedInput, options: OfferOptions = {}): Promise<Result<Ack>> {
    const { stepper, verifier, threads, watch } = this.ports;
    const { isOwn = false, onAccepted } = options;
    return new Promise((answer, reject) => {
      const { epoch } = stepper.world;
      const resolve = (result: Result<Ack>) => {
        if (!result.ok) watch.refused(result.refusal);
        answer(result);
      };
      // what is thrown here rejects: a defect that only looking at an input meets stops nobody else
      const intake = takeIn(stepper, submitted, { check: verifier.check, threads, isOwn });
      const waiting = { raw: submitted, sizeBytes: 0, epoch, resolve, reject };
      this.#take(intake, waiting, onAccepted);
    });
  }

  #take(intake: Intake, waiting: Waiting, accepted: () => void = () => undefined): void {
    if (intake.kind === 'refused') {
      waiting.resolve({ ok: false, refusal: intake.refusal });
      return;
    }
    if (intake.kind === 'duplicate') {
      this.#readAck(intake.seq).then(waiting.resolve, waiting.reject);
      accepted();
      return;
    }
    const { inbox, verifier, arrived } = this.ports;
    const { raw, sizeBytes, claim } = intake;
    const signature = claim && new SignatureWait(claim);
    const refusal = inbox.offer({ ...waiting, raw, sizeBytes, signature });
    if (refusal !== undefined) {
      waiting.resolve({ ok: false, refusal });
      return;
    }
    if (signature === undefined) {
      accepted();
      arrived();
      return;
    }
    signature.start(verifier, () => {
      if (signature.refusal === undefined) accepted();
      arrived();
    });
  }

  /** A duplicate of what is in the journal, or about to be. */
  async #readAck(seq: number): Promise<Result<Ack>> {
    const { committer, store } = this.ports;
    await committer.last;
    return { ok: true, value: readAck(store, seq) };
  }
}

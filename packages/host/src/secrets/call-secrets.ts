/**
 * The secrets of one call: resolved only where its parameters refer to them, remembered for as long
 * as the call runs, and looked for in everything that it lets into the world.
 *
 * 1. A showing ends the call with `secret-echoed`, whatever the adapter answers, and for good. What
 *    the call cost is charged all the same.
 * 2. What showed is not stored, journaled or logged. What an adapter throws is not told on where
 *    secrets were resolved: it may hold them in any of its parts.
 * 3. A call whose parameters refer to no secret costs nothing here.
 */
import { ok, type Result, refuse } from '@aos/canon';
import { checkSecretUser, type OpenIntent, programOf, secretsIn, type World } from '@aos/kernel';
import {
  AosFault,
  type BlobPort,
  type EffectOutcome,
  failedOutcome,
  type Origin,
  type SecretPort,
  type SecretRef,
  type SecretSource,
} from '@aos/protocol';
import { type BlobGuard, GuardedBlobs } from './guarded-blobs.js';
import { showsIn, ValueGuard } from './guarded-values.js';
import { SecretNeedles } from './secret-scanner.js';

/** Shorter values cannot be told from chance in what comes back. */
const MIN_SECRET_BYTES = 8;

const NO_NEEDLES = new SecretNeedles([]);

export interface SecretPorts {
  readonly world: () => World;
  readonly blobs: BlobPort;
  readonly secrets: SecretSource | undefined;
}

/** The intent of the call. */
type SecretUser = Pick<OpenIntent, 'cap' | 'effect' | 'manifest' | 'params' | 'waiters'>;

export class CallSecrets implements SecretPort, BlobGuard {
  /** What the call may store blobs in. */
  readonly blobs: BlobPort;
  /** Names that the parameters refer to. */
  readonly #names: ReadonlySet<string>;
  #values: readonly Uint8Array[] = [];
  #needles: SecretNeedles = NO_NEEDLES;
  /** One for each value, over the frames and the receipt. */
  readonly #guards: ValueGuard[] = [];
  /** One for each value, over what the adapter reads from what it stores. */
  readonly #texts: ValueGuard[] = [];
  #isEchoed = false;

  constructor(
    private readonly intent: SecretUser,
    private readonly ports: SecretPorts,
  ) {
    this.#names = namesIn(ports.world(), intent);
    this.blobs = this.#names.size === 0 ? ports.blobs : new GuardedBlobs(ports.blobs, this);
  }

  get needles(): SecretNeedles {
    return this.#needles;
  }

  echoed(): void {
    this.#isEchoed = true;
  }

  async resolve({ alias, version }: SecretRef): Promise<Result<Uint8Array>> {
    const name = `${alias}@${version}`;
    if (!this.#names.has(name)) {
      const detail = `expected a secret that the parameters refer to, found ${name}`;
      return refuse('secret-not-referred', '', detail);
    }
    const { worldId, program } = this.ports.world();
    const rule = program.gate.secrets.get(name);
    if (rule === undefined) {
      return refuse('secret-unknown', '', `${name} is declared no more; declare it again`);
    }
    // the secret may be for others by now than when the effect was let out
    const { cap, waiters } = this.intent;
    const denial = checkSecretUser(rule, name, { cap, origin: waiters[0] as Origin });
    if (denial !== undefined) return refuse(denial.code, denial.at, denial.advice);
    const { bindingId, expectedDigest } = rule;
    const request = { worldId, alias, version, bindingId };
    const whole = expectedDigest === undefined ? request : { ...request, expectedDigest };
    const found = (await this.ports.secrets?.resolve(whole)) ?? unavailable(name);
    if (!found.ok) return found;
    if (found.value.length < MIN_SECRET_BYTES) {
      const detail = `${name} has fewer than ${MIN_SECRET_BYTES} bytes; make it longer`;
      return refuse('secret-too-short', '', detail);
    }
    this.#remember(found.value.slice());
    return ok(found.value.slice());
  }

  shows(text: string, place: string): boolean {
    if (this.#texts.some((guard) => guard.showsText(text, place))) this.#isEchoed = true;
    return this.#isEchoed;
  }

  get isTextPending(): boolean {
    return this.#texts.some(({ begun }) => begun > 0);
  }

  /** Looks through a frame before it is handed in: `secret-echoed`, also for all that follow. */
  checkFrame(payload: Uint8Array): AosFault | undefined {
    if (this.#guards.some((guard) => guard.shows(payload))) this.#isEchoed = true;
    return this.#isEchoed ? this.stop() : undefined;
  }

  /** Takes nothing more of the answer, as if it had shown a value. */
  stop(): AosFault {
    this.#isEchoed = true;
    const message = 'the answer shows a secret that this effect uses; nothing more of it is taken';
    return new AosFault('secret-echoed', message, { retry: 'never' });
  }

  get isTextCut(): boolean {
    return this.#texts.some(({ begun }) => begun === 2);
  }

  /** Whether what was looked through may be the begin of a value that the next frame ends. */
  get isFramePending(): boolean {
    return this.isTextPending || this.#guards.some(({ begun }) => begun > 0);
  }

  get isEchoed(): boolean {
    return this.#isEchoed;
  }

  /**
   * The outcome, or the error `secret-echoed` when the call has shown a value anywhere. A value
   * that has only begun when all is told has shown; what failed takes back the frames it began in.
   */
  checkOutcome(outcome: EffectOutcome): EffectOutcome {
    const { status, payload, costCents } = outcome;
    if (payload instanceof Uint8Array) {
      if (this.#guards.some((guard) => guard.showsAtEnd(payload))) this.#isEchoed = true;
    }
    const isCut = this.isTextCut || this.#guards.some(({ begun }) => begun === 2);
    if (status === 'ok' && isCut) this.#isEchoed = true;
    if (!this.#isEchoed) return outcome;
    const failed = failedOutcome(ECHOED);
    return costCents === undefined ? failed : { ...failed, costCents };
  }

  /** What may be told of something that an adapter threw: its kind and place, not its message. */
  withhold(cause: unknown): unknown {
    if (this.#values.length === 0) return cause;
    const name = cause instanceof Error ? cause.constructor.name : typeof cause;
    const lines = cause instanceof Error ? `${cause.stack}`.split('\n') : [];
    const places = lines.filter((line) => /^ {4}at .*:\d+:\d+\)?$/.test(line));
    const isClean = !showsIn(Buffer.from([name, ...places].join('\n')), this.#needles);
    const withheld = new Error(`${isClean ? name : 'an error'} of a call that uses secrets`);
    if (isClean) withheld.stack = [`Error: ${withheld.message}`, ...places].join('\n');
    return withheld;
  }

  /** A value that was resolved before is found again all the same. */
  #remember(value: Uint8Array): void {
    if (this.#values.some((known) => Buffer.from(known).equals(value))) return;
    this.#values = [...this.#values, value];
    this.#needles = new SecretNeedles(this.#values);
    const needles = new SecretNeedles([value]);
    this.#guards.push(new ValueGuard(needles));
    this.#texts.push(new ValueGuard(needles));
  }
}

const ECHOED = {
  status: 'error',
  code: 'secret-echoed',
  message: 'the answer shows a secret that this effect uses; nothing of it is kept',
} as const;

/** By the definitions that the intent was opened under: its parameters are of no others. */
function namesIn(world: World, { effect, params, manifest }: SecretUser): ReadonlySet<string> {
  const asked = programOf(world, manifest).gate.effects.get(effect);
  const uses = asked === undefined ? [] : secretsIn(asked, params);
  return new Set(uses.map(({ alias, version }) => `${alias}@${version}`));
}

function unavailable(name: string): Result<Uint8Array> {
  const detail = `nobody here resolves ${name}; give the host a source of secrets`;
  return refuse('secret-unavailable', '', detail);
}

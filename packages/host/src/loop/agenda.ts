/**
 * What a world does next.
 *
 * 1. Control verbs; then a tick for what has fallen due; then work that earlier steps left over;
 *    then what else waits. So what fell due while the world was away comes before new inputs.
 * 2. A world that always has work of its own still takes inputs: after a number of own steps, one.
 */
import { isRunning, type RawInput, type World } from '@aos/kernel';
import type { Inbox, Waiting } from './inbox.js';

/** An input to step, and who waits for it; nobody waits for the world's own. */
export interface Task {
  readonly raw: RawInput;
  readonly waiting?: Waiting;
}

/** Own steps in a row while others wait. */
const OWN_IN_A_ROW = 16;

/** Left-over work that is still done when a world is closed; the rest waits in the world. */
const OWN_WHILE_CLOSING = 16;

export interface Moment {
  readonly world: World;
  readonly wakeAtNs: bigint | undefined;
  readonly logicalNowNs: bigint;
}

export class Agenda {
  #ownInARow = 0;
  #ownAllowed = Number.POSITIVE_INFINITY;

  constructor(private readonly inbox: Inbox) {}

  /** From here on only what is there already is finished. */
  close(): void {
    this.#ownAllowed = Math.min(this.#ownAllowed, OWN_WHILE_CLOSING);
  }

  next(moment: Moment): Task | undefined {
    const verb = this.inbox.takeVerb();
    if (verb !== undefined) return { raw: verb.raw, waiting: verb };
    const own = this.#mayGoOn(moment) ? ownInput(moment) : undefined;
    if (own !== undefined) {
      this.#ownInARow += 1;
      this.#ownAllowed -= 1;
      return { raw: own };
    }
    this.#ownInARow = 0;
    const waiting = this.inbox.take();
    return waiting && { raw: waiting.raw, waiting };
  }

  /** Whether there is something to do at this moment. */
  hasNext(moment: Moment): boolean {
    if (this.inbox.isReady) return true;
    return this.#ownAllowed > 0 && ownInput(moment) !== undefined;
  }

  #mayGoOn({ world }: Moment): boolean {
    if (!isRunning(world) || this.#ownAllowed <= 0) return false;
    return this.#ownInARow < OWN_IN_A_ROW || !this.inbox.hasOthers;
  }
}

function ownInput(moment: Moment): RawInput | undefined {
  const { world, wakeAtNs } = moment;
  if (!isRunning(world)) return undefined;
  // clocks are read only where something waits for them
  if (wakeAtNs !== undefined && wakeAtNs <= moment.logicalNowNs) return { kind: 'tick' };
  return world.pending.length > 0 ? { kind: 'continue' } : undefined;
}

/** Quiescence: when nothing of a world moves any more, and what it then waits for. */
import type { Hash } from '@aos/canon';
import { isRunning, type OpenIntent, type World, wakeAtOf } from '@aos/kernel';
import type { KeyRole } from '@aos/protocol';
import { TIMER_KIND } from './effect-options.js';

/** What a world that is at rest waits for. */
export type Blocker =
  /** The world stands still: `world-paused`, `world-halted` or the code of a fault. */
  | { readonly kind: 'world'; readonly code: string }
  /** Work that was left over and does not go on. */
  | { readonly kind: 'work'; readonly count: number }
  /** Time. `atNs` is when the world next wants to be woken. */
  | { readonly kind: 'time'; readonly atNs: bigint }
  /** A timer that is set. */
  | { readonly kind: 'timer'; readonly intent: Hash; readonly effect: string }
  /** People, with how many of them have agreed. */
  | {
      readonly kind: 'approval';
      readonly intent: Hash;
      readonly effect: string;
      readonly role: KeyRole;
      readonly given: number;
      readonly needed: number;
    }
  /** A receipt; `reason` is where its effect stands, or the code of what keeps it. */
  | {
      readonly kind: 'receipt';
      readonly intent: Hash;
      readonly effect: string;
      readonly reason: string;
    };

export interface Quiescence {
  /** Empty when nothing is left to do. */
  readonly blockers: readonly Blocker[];
  /** Open intents that are not listed any more. */
  readonly unlisted: number;
}

/** An effect that has been started and has no receipt yet. */
export interface UnendedEffect {
  readonly intent: Hash;
  readonly effect: string;
  /** `waiting` for the next start. */
  readonly state: 'running' | 'waiting';
}

export interface QuiescenceOptions {
  /**
   * `list`: a world that only waits for time is at rest, and what it waits for is listed. `wait`:
   * it is not at rest before nothing waits for time. Default `list`.
   */
  readonly timers?: 'wait' | 'list';
  /**
   * Effects that do not move by themselves, though they have not ended: whoever asks knows that
   * they wait for him. They are listed and not waited for.
   */
  readonly isStill?: (effect: UnendedEffect) => boolean;
  /** Ends the wait before the world is at rest; what it waits for then is told all the same. */
  readonly signal?: AbortSignal;
}

/** Open intents that are listed. */
const MAX_LISTED = 1000;

/** What a world waits for. */
export function listBlockers(
  world: World,
  fault: string | undefined,
  explain: (intent: OpenIntent) => string,
): Quiescence {
  const blockers: Blocker[] = [];
  const code = fault ?? (isRunning(world) ? undefined : `world-${world.mode}`);
  if (code !== undefined) blockers.push({ kind: 'world', code });
  if (world.pending.length > 0) blockers.push({ kind: 'work', count: world.pending.length });
  const atNs = wakeAtOf(world);
  if (atNs !== undefined) blockers.push({ kind: 'time', atNs });
  let listed = 0;
  for (const intent of world.intents.range()) {
    if (listed === MAX_LISTED) break;
    listed += 1;
    blockers.push(blockerOf(intent, explain));
  }
  return { blockers, unlisted: world.intents.size - listed };
}

function blockerOf(intent: OpenIntent, explain: (intent: OpenIntent) => string): Blocker {
  const { hash, effect, approval } = intent;
  const asked = { intent: hash, effect };
  if (approval !== null) {
    const { role, count: needed, given } = approval;
    return { kind: 'approval', ...asked, role, given: given.length, needed };
  }
  const reason = explain(intent);
  if (effect === TIMER_KIND && reason === 'running') return { kind: 'timer', ...asked };
  return { kind: 'receipt', ...asked, reason };
}

/** Those who wait for rest. Looked at behind everything that runs in this turn. */
export class RestWatch {
  readonly #waiting = new Set<{ isAtRest(): boolean; resolve(): void }>();
  #isLookedAt = false;

  /** Resolves when `isAtRest` holds at the end of a turn of the event loop, or when aborted. */
  wait(isAtRest: () => boolean, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const waiting = { isAtRest, resolve };
      const abort = () => {
        this.#waiting.delete(waiting);
        resolve();
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.add(waiting);
      this.changed();
    });
  }

  /** Something has moved. */
  changed(): void {
    if (this.#isLookedAt || this.#waiting.size === 0) return;
    this.#isLookedAt = true;
    setImmediate(() => this.#look());
  }

  #look(): void {
    this.#isLookedAt = false;
    for (const each of this.#waiting) {
      if (!each.isAtRest()) continue;
      this.#waiting.delete(each);
      each.resolve();
    }
  }
}

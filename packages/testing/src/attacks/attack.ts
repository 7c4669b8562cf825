/**
 * Attacks: what somebody tries without, beyond or after a grant, what must meet them, and the least
 * change that makes it legitimate.
 *
 * 1. Whether something was executed is counted where it would be: at the adapter or the server
 *    behind it, never at the gate.
 * 2. The twin of an attack is executed, exactly once, in the same world after it: what stopped the
 *    attack is the difference between the two, and the attack has spoilt nothing.
 */

/** Codes that somebody met; none for what went through. */
export type Met = readonly string[];

/** Where attacks are made. */
export interface Target {
  /** How often something was executed outside so far. */
  executed(): number;
  /** Waits until nothing moves any more. */
  settle(): Promise<void>;
}

export interface Attack<T extends Target> {
  /** A sentence without its subject: `asks under a grant that has expired`. */
  readonly attempt: string;
  /** The code that must meet it. */
  readonly code: string;
  /** Legitimate things that come first. */
  prepare?(target: T): Promise<unknown>;
  act(target: T): Promise<Met>;
  twin(target: T): Promise<unknown>;
}

export interface AttackReport {
  readonly entry: string;
  readonly attempt: string;
  readonly code: string;
  readonly met: Met;
  /** How often the attack was executed. */
  readonly executed: number;
  /** How often its twin was. */
  readonly twinExecuted: number;
}

/** Makes an attack, then its twin. */
export async function runAttack<T extends Target>(
  entry: string,
  target: T,
  attack: Attack<T>,
): Promise<AttackReport> {
  await attack.prepare?.(target);
  await target.settle();
  const before = target.executed();
  const met = await attack.act(target);
  await target.settle();
  const between = target.executed();
  await attack.twin(target);
  await target.settle();
  const after = target.executed();
  const { attempt, code } = attack;
  return {
    ...{ entry, attempt, code, met },
    executed: between - before,
    twinExecuted: after - between,
  };
}

/** Whether an attack was met as it must be, and its twin was executed once. */
export function hasHeld({ code, met, executed, twinExecuted }: AttackReport): boolean {
  return executed === 0 && twinExecuted === 1 && met.includes(code);
}

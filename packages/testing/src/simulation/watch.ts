/** All checkers as one; what one of them tells is a problem of the seed, under the rule's name. */
import type { Genesis } from '@aos/protocol';
import type { Checker, NewChecker } from './checkers/checker.js';
import { CHECKERS } from './checkers/rules.js';
import type { SimConstitution } from './constitution.js';

export class Watch implements Required<Checker> {
  /** The first of each rule: what comes after it mostly follows from it. */
  readonly #problems = new Map<string, string>();
  readonly #checkers: readonly Checker[];

  constructor(genesis: Genesis, constitution: SimConstitution) {
    const make = ([rule, make]: readonly [string, NewChecker]): Checker =>
      make({ genesis, constitution, tell: (problem) => this.tell(rule, problem) });
    this.#checkers = Object.entries(CHECKERS).map(make);
  }

  tell(rule: string, problem: string): void {
    if (!this.#problems.has(rule)) this.#problems.set(rule, problem);
  }

  get problems(): readonly string[] {
    return [...this.#problems].map(([rule, problem]) => `${rule}: ${problem}`);
  }

  readonly submitted = this.#all('submitted');
  readonly acknowledged: Required<Checker>['acknowledged'] = this.#all('acknowledged');
  readonly refused: Required<Checker>['refused'] = this.#all('refused');
  readonly read = this.#all('read');
  readonly snapshotted = this.#all('snapshotted');
  readonly rested = this.#all('rested');
  readonly durable = this.#all('durable');
  readonly started = this.#all('started');
  readonly rewinding = this.#all('rewinding');
  readonly rewound: Required<Checker>['rewound'] = this.#all('rewound');
  readonly ended = this.#all('ended');
  readonly flipped = this.#all('flipped');
  readonly finished = this.#all('finished');

  #all<K extends keyof Checker>(event: K): Required<Checker>[K] {
    const tell = (...about: never[]) => {
      for (const checker of this.#checkers) {
        (checker[event] as ((...about: never[]) => void) | undefined)?.(...about);
      }
    };
    return tell as Required<Checker>[K];
  }
}

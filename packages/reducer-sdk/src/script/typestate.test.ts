import { describe, expect, it } from 'vitest';
import type { Call } from './call.js';
import { match, typestate } from './typestate.js';

type State = { readonly phase: 'Open' | 'Paid' | 'Shut'; readonly sum: number };
type Event =
  | { readonly $tag: 'Pay'; readonly $value: number }
  | { readonly $tag: 'Jump'; readonly $value: State['phase'] }
  | { readonly $tag: 'Shut'; readonly $value?: null };

const machine = {
  phaseOf: ({ phase }: State) => phase,
  moves: { Open: ['Paid', 'Shut'], Paid: ['Shut'] },
  on: {
    Open: {
      Pay: (state: State, sum: number): State => ({ phase: 'Paid', sum: state.sum + sum }),
      Jump: (state: State, phase: State['phase']): State => ({ ...state, phase }),
    },
    Paid: { Jump: (state: State, phase: State['phase']): State => ({ ...state, phase }) },
  },
} as const;
const call = {} as Call<never>;

describe('a typestate', () => {
  const step = typestate<State, State['phase'], Event>(machine);
  const at = (phase: State['phase']): State => ({ phase, sum: 1 });

  it('gives an event to the handler of its phase', () => {
    expect(step(at('Open'), { $tag: 'Pay', $value: 2 }, call)).toEqual({ phase: 'Paid', sum: 3 });
  });

  it('keeps the state where the phase does not take the event', () => {
    expect(step(at('Paid'), { $tag: 'Pay', $value: 2 }, call)).toBeUndefined();
    expect(step(at('Shut'), { $tag: 'Shut' }, call)).toBeUndefined();
  });

  it('fails there instead when it is told to', () => {
    const strict = typestate<State, State['phase'], Event>({ ...machine, otherwise: 'fail' });
    expect(() => strict(at('Paid'), { $tag: 'Pay', $value: 2 }, call)).toThrow('an event of Paid');
  });

  it('stays or moves as listed, and nowhere else', () => {
    expect(step(at('Open'), { $tag: 'Jump', $value: 'Open' }, call)).toEqual(at('Open'));
    expect(step(at('Paid'), { $tag: 'Jump', $value: 'Shut' }, call)).toEqual(at('Shut'));
    expect(() => step(at('Paid'), { $tag: 'Jump', $value: 'Open' }, call)).toThrow('a move from');
  });
});

describe('match', () => {
  const sizeOf = (event: Event) =>
    match(event, { Pay: (sum) => sum, Jump: (phase) => phase.length, Shut: () => 0 });

  it('takes the arm of the value', () => {
    expect(sizeOf({ $tag: 'Pay', $value: 7 })).toBe(7);
    expect(sizeOf({ $tag: 'Jump', $value: 'Open' })).toBe(4);
    expect(sizeOf({ $tag: 'Shut' })).toBe(0);
  });
});

/** `aos doctor`: what is wrong with a world or with this machine, and what to do about it. */
import type { JsonValue } from '@aos/air';
import { AosFault } from '@aos/protocol';
import { type Check, look } from '../doctor/check.js';
import { checkMachine } from '../doctor/machine.js';
import { checkWorld } from '../doctor/world.js';
import { type Answer, CliError } from '../output.js';

/** Looks at the machine, and at the world that is meant if there is one. */
export async function examine(findWorld: () => string): Promise<Answer> {
  const checks = [...(await checkMachine()), ...(await checkFound(findWorld))];
  const wrong = checks.filter(({ state }) => state === 'bad');
  const answer = {
    data: { checks: checks.map((each): JsonValue => ({ ...each })) },
    lines: checks.flatMap(printCheck),
  };
  if (wrong.length === 0) return answer;
  const names = wrong.map(({ about }) => about).join(', ');
  return { ...answer, error: new CliError('doctor-found', `something does not work: ${names}`) };
}

async function checkFound(findWorld: () => string): Promise<readonly Check[]> {
  try {
    return await checkWorld(findWorld());
  } catch (error) {
    if (!(error instanceof AosFault) || error.code !== 'world-not-found') throw error;
    return [look('world', error.message, "name it with --world, or make one with 'aos init'")];
  }
}

const LABELS = { fine: 'OK    ', look: 'look  ', bad: 'FAILED' } as const;

function printCheck({ about, state, says, next }: Check): readonly string[] {
  const line = `${LABELS[state]}  ${about}: ${says}`;
  return next === undefined ? [line] : [line, `        ${next}`];
}

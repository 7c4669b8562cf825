import { STANDINGS } from '@aos/protocol';
import { expect, it } from 'vitest';
import { isOpen, mostPressing, type Stand } from './standing.js';

const stand = (standing: Stand['standing'], code: string | null = null): Stand => {
  return { standing, code };
};

it('what is not over presses most, and what went wrong more than what went well', () => {
  const all = STANDINGS.map((standing) => stand(standing));
  expect(mostPressing([...all].reverse())).toEqual(stand('waiting-approval'));
  expect(mostPressing([stand('completed'), stand('failed', 'a'), stand('failed', 'b')])).toEqual(
    stand('failed', 'a'),
  );
  expect(mostPressing([])).toBeUndefined();
});

it('whatever waits or runs is not over', () => {
  const open = STANDINGS.filter((standing) => isOpen(stand(standing)));
  expect(open).toEqual([
    ...['waiting-approval', 'waiting-receipt', 'waiting-event', 'waiting-time'],
    'running',
  ]);
});

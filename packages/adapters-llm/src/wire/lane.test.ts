import { encode } from '@aos/canon';
import { EffectStage, stageCall } from '@aos/protocol/contracts';
import { describe, expect, test } from 'vitest';
import { CallStop } from '../call-stop.js';
import { Lane } from './lane.js';

const call = stageCall({ effect: 'llm.generate', params: encode(null) });
const openStop = () => new CallStop(call, new EffectStage());
const settled = async () => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};

/** Calls that note when they were let in. */
function crowd(lane: Lane) {
  const entered: string[] = [];
  const leaves = new Map<string, () => void>();
  const come = async (name: string, stop = openStop()) => {
    const leave = await lane.enter(1, stop);
    entered.push(name);
    leaves.set(name, leave);
  };
  return { entered, come, leave: (name: string) => leaves.get(name)?.() };
}

describe('a lane', () => {
  test('lets so many in at once, the others in the order in which they came', async () => {
    const { entered, come, leave } = crowd(new Lane({ concurrent: 2, waiting: 9 }));
    const all = ['a', 'b', 'c', 'd'].map((name) => come(name));
    await settled();
    expect(entered).toEqual(['a', 'b']);
    leave('b');
    await settled();
    expect(entered).toEqual(['a', 'b', 'c']);
    leave('a');
    await Promise.all(all);
    expect(entered).toEqual(['a', 'b', 'c', 'd']);
  });

  test('has room for so many to wait', async () => {
    const { come } = crowd(new Lane({ concurrent: 1, waiting: 1 }));
    await come('a');
    come('b');
    await expect(come('c')).rejects.toMatchObject({ code: 'llm-busy' });
  });

  test('forgets one that is stopped while it waits', async () => {
    const { entered, come, leave } = crowd(new Lane({ concurrent: 1, waiting: 9 }));
    await come('a');
    const stop = openStop();
    const stopped = come('b', stop);
    const last = come('c');
    stop.stop('llm-cancelled', 'the test says so');
    await expect(stopped).rejects.toMatchObject({ code: 'llm-cancelled' });
    leave('a');
    await last;
    expect(entered).toEqual(['a', 'c']);
  });

  test('takes the turn back of one that is stopped in the moment it is let in', async () => {
    const { entered, come, leave } = crowd(new Lane({ concurrent: 1, waiting: 9 }));
    await come('a');
    const stop = openStop();
    const stopped = come('b', stop);
    leave('a');
    stop.stop('llm-cancelled', 'the test says so');
    await stopped.catch(() => undefined);
    if (entered.includes('b')) leave('b');
    await come('c');
    expect(entered.at(-1)).toBe('c');
  });

  test('keeps its pace', async () => {
    let nowMs = 0;
    const lane = new Lane({ concurrent: 9, waiting: 9, requestsPerMinute: 600_000 }, () => nowMs);
    const { entered, come } = crowd(lane);
    lane.pause(5);
    const first = come('a');
    await settled();
    expect(entered).toEqual([]);
    nowMs = 5;
    await first;
    expect(entered).toEqual(['a']);
  });
});

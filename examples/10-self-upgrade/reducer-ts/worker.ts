/** Does tasks that it has a skill for. What it cannot do it says, with the file of its skills. */
import { defineReducer } from '@aos/reducer-sdk/script';
import { type Board, Cannot, declared, type Task } from './air.js';
import { skills } from './skills.js';

/** Long enough for people to look at a change, in nanoseconds. */
const PATIENCE = 24n * 3_600_000_000_000n;

const OVERTAKEN = new Set(['overtaken', 'patch-base', 'proposal-stale']);

const initial = (): Board => ({
  source: null,
  answers: new Map(),
  open: new Map(),
  failed: new Map(),
});

export default defineReducer({ ...declared, initial }, (board, event, { raise, world }): Board => {
  switch (event.$tag) {
    case 'Task':
      return attempt(event.$value);
    case 'Learned': {
      const { id, source } = event.$value;
      const task = board.open.get(id);
      const taught = { ...board, source };
      return task === undefined ? taught : attempt(task, taught);
    }
    case 'GaveUp': {
      const { id, why } = event.$value;
      const task = board.open.get(id);
      // what it was written for is in force no more
      if (task !== undefined && OVERTAKEN.has(why)) return attempt(task);
      const failed = new Map(board.failed).set(id, why);
      return { ...board, open: without(board.open, id), failed };
    }
  }

  function attempt(task: Task, { source, answers, open, failed } = board): Board {
    const skill = skills[task.name];
    if (skill === undefined) {
      const until_ns = world.logical_now_ns + PATIENCE;
      const base = world.manifest_hash;
      raise(Cannot, { task, source, base, until_ns, tried: 0n, last: null });
      return { source, answers, open: new Map(open).set(task.id, task), failed };
    }
    const rows = task.rows.map(({ amount, day, ...row }) => {
      return { ...row, amount: Number(amount), day: Number(day) };
    });
    const answered = new Map(answers).set(task.id, skill(rows).map(String));
    return { source, answers: answered, open: without(open, task.id), failed };
  }
});

function without(tasks: Board['open'], id: string): Board['open'] {
  return new Map([...tasks].filter(([each]) => each !== id));
}

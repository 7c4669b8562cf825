/**
 * LangGraph with its SQLite checkpointer in an application server. Steps are nodes, and each is
 * checkpointed before the next begins (`durability: 'sync'`). The checkpointer sets WAL; the flush
 * of each commit is asked for here, since better-sqlite3 leaves it out under WAL. LangGraph itself
 * neither orders what is invoked for one thread nor goes on after a crash: the server does both.
 */
import { join } from 'node:path';
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite';
import Database from 'better-sqlite3';
import { act, serveApp, Turns } from './app-server.mjs';

const [port, directory] = process.argv.slice(2);
const database = new Database(join(directory, 'checkpoints.db'));
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec('CREATE TABLE IF NOT EXISTS job (id text PRIMARY KEY, steps int, ended int)');
const checkpointer = new SqliteSaver(database);

const added = { reducer: (left, right) => left + right, default: () => 0 };
const Count = Annotation.Root({ n: Annotation(added) });
const counter = new StateGraph(Count)
  .addNode('add', () => ({ n: 1 }))
  .addEdge(START, 'add')
  .addEdge('add', END)
  .compile({ checkpointer });

const Work = Annotation.Root({ ms: Annotation(), sum: Annotation(added) });

function jobOf(steps) {
  const graph = new StateGraph(Work);
  for (let step = 1; step <= steps; step++) {
    graph.addNode(`s${step}`, async ({ ms }) => ({ sum: await act(step, ms) }));
    graph.addEdge(step === 1 ? START : `s${step - 1}`, `s${step}`);
  }
  return graph.addEdge(`s${steps}`, END).compile({ checkpointer });
}

const jobs = { 1: jobOf(1), 3: jobOf(3) };
const turns = new Turns();
const thread = (id) => ({ configurable: { thread_id: id }, durability: 'sync' });
const insert = database.prepare('INSERT INTO job VALUES (?, ?, 0)');
const end = database.prepare('UPDATE job SET ended = 1 WHERE id = ?');
const open = database.prepare('SELECT id, steps FROM job WHERE ended = 0');
const ended = database.prepare(
  "SELECT count(*) AS n FROM job WHERE ended = 1 AND id LIKE ? || '%'",
);

async function goOn(id, steps, input) {
  const { sum } = await jobs[steps].invoke(input, thread(id));
  end.run(id);
  return { sum };
}

/** What a crash left: from its last checkpoint, or from the beginning where there is none. */
async function resume({ id, steps }) {
  const saved = await checkpointer.getTuple(thread(id));
  await goOn(id, steps, saved === undefined ? { ms: 0, sum: 0 } : null);
}

serveApp(
  {
    add: (key) => turns.take(key, () => counter.invoke({ n: 0 }, thread(`counter-${key}`))),
    count: async (key) => {
      const saved = await counter.getState(thread(`counter-${key}`));
      return { n: saved.values.n ?? 0 };
    },
    run: async (id, { steps, ms }) => await jobs[steps].invoke({ ms, sum: 0 }, thread(id)),
    begin: async (id, { steps, ms }) => {
      insert.run(id, steps);
      void goOn(id, steps, { ms, sum: 0 });
      return {};
    },
    finished: async (prefix) => ({ count: ended.get(prefix).n }),
    close: () => database.close(),
  },
  Number(port),
);
for (const each of open.all()) void resume(each);

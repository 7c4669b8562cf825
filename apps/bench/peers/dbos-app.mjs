/**
 * DBOS in an application server: workflows in the process that answers HTTP, its system database
 * and the counters in one PostgreSQL. An event of a counter is a workflow of one step, so that it
 * is recorded before it is answered and goes on after a crash.
 */
import { DBOS } from '@dbos-inc/dbos-sdk';
import pg from 'pg';
import { act, serveApp } from './app-server.mjs';

const [port, url] = process.argv.slice(2);
const POOL = 32;
const pool = new pg.Pool({ connectionString: url, max: POOL });
await pool.query('CREATE TABLE IF NOT EXISTS counter (key text PRIMARY KEY, n bigint NOT NULL)');

const ADD = `INSERT INTO counter VALUES ($1, 1)
  ON CONFLICT (key) DO UPDATE SET n = counter.n + 1 RETURNING n`;

async function addOne(key) {
  const { rows } = await pool.query(ADD, [key]);
  return Number(rows[0].n);
}

const add = DBOS.registerWorkflow((key) => DBOS.runStep(() => addOne(key), { name: 'add' }), {
  name: 'add',
});

const job = DBOS.registerWorkflow(
  async (steps, ms) => {
    let sum = 0;
    for (let step = 1; step <= steps; step++) {
      sum += await DBOS.runStep(() => act(step, ms), { name: `step ${step}` });
    }
    return sum;
  },
  { name: 'job' },
);

DBOS.setConfig({
  name: 'peer',
  systemDatabaseUrl: url,
  systemDatabasePoolSize: POOL,
  logLevel: 'error',
  applicationVersion: '1',
});
await DBOS.launch();

const ENDED = `SELECT count(*) AS n FROM dbos.workflow_status
  WHERE status = 'SUCCESS' AND workflow_uuid LIKE $1`;

serveApp(
  {
    add: async (key) => ({ n: await add(key) }),
    count: async (key) => {
      const { rows } = await pool.query('SELECT n FROM counter WHERE key = $1', [key]);
      return { n: Number(rows[0]?.n ?? 0) };
    },
    run: async (id, { steps, ms }) => {
      const handle = await DBOS.startWorkflow(job, { workflowID: id })(steps, ms);
      return { sum: await handle.getResult() };
    },
    begin: async (id, { steps, ms }) => {
      await DBOS.startWorkflow(job, { workflowID: id })(steps, ms);
      return {};
    },
    finished: async (prefix) => {
      const { rows } = await pool.query(ENDED, [`${prefix}%`]);
      return { count: Number(rows[0].n) };
    },
    close: () => DBOS.shutdown(),
  },
  Number(port),
);

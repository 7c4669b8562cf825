/** Restate: its server, a process with our services, and a client at the server's HTTP ingress. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { HttpClient, untilAnswered } from './http-client.js';
import { peerFile, peersDir } from './peer-folder.js';
import { freePort, killTree, startNode, startProgram, stopNode, stopProgram } from './processes.js';
import type { Founded, Running, System } from './system.js';

export const restate: System = {
  name: 'restate',
  keeps: true,
  facts: {
    packages: ['@restatedev/restate-server', '@restatedev/restate-sdk'],
    durability: 'log of the server flushed before an answer (rocksdb-disable-wal-fsync = false)',
    client: 'HTTP ingress of the server; services in a Node process of their own',
  },
  found,
};

interface Ports {
  readonly ingress: number;
  readonly admin: number;
  readonly node: number;
  readonly service: number;
}

async function found(directory: string): Promise<Founded> {
  const data = join(directory, 'data');
  mkdirSync(data);
  const ports: Ports = {
    ingress: await freePort(),
    admin: await freePort(),
    node: await freePort(),
    service: await freePort(),
  };
  const first = await launch(data, ports);
  await register(ports);
  await first.stop();
  const start = async () => {
    const processes = await launch(data, ports);
    const running = overIngress(new HttpClient(`http://127.0.0.1:${ports.ingress}`), processes);
    await untilAnswered(() => running.add('first'));
    return running;
  };
  return { data, start };
}

type Processes = Pick<Running, 'pids' | 'stop' | 'kill'>;

async function launch(data: string, ports: Ports): Promise<Processes> {
  const server = startProgram(
    peerFile('@restatedev', 'restate-server-linux-x64', 'bin', 'restate-server'),
    ['--base-dir', data, '--node-name', 'bench', '--log-filter', 'error'],
    {
      env: {
        ...process.env,
        RESTATE_LISTEN_MODE: 'tcp',
        RESTATE_BIND_ADDRESS: `127.0.0.1:${ports.node}`,
        RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ports.ingress}`,
        RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${ports.admin}`,
        RESTATE_DISABLE_TELEMETRY: 'true',
        DO_NOT_TRACK: '1',
      },
    },
  );
  const service = await startNode(join(peersDir, 'restate-service.mjs'), [String(ports.service)]);
  return {
    pids: [server.pid ?? 0, service.pid ?? 0],
    stop: async () => {
      await stopProgram(server, 'SIGTERM');
      await stopNode(service);
    },
    kill: async () => {
      await Promise.all([killTree(server), killTree(service)]);
    },
  };
}

/** The server keeps where the services are. */
async function register({ admin, service }: Ports): Promise<void> {
  const http = new HttpClient(`http://127.0.0.1:${admin}`);
  await untilAnswered(() =>
    http.ask('POST', '/deployments', { uri: `http://127.0.0.1:${service}` }),
  );
  await http.close();
}

function overIngress(http: HttpClient, processes: Processes): Running {
  const ids = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${prefix}${i}`);
  const isDone = (id: string) =>
    http.ask('GET', `/restate/workflow/job/${id}/output`).then(
      () => true,
      () => false,
    );
  return {
    pids: processes.pids,
    add: async (key) => {
      await http.ask('POST', `/counter/${key}/add`);
    },
    count: async (key) => Number((await http.ask('POST', `/counter/${key}/count`)).n),
    run: async (id, steps) =>
      Number((await http.ask('POST', `/job/${id}/run`, { steps, ms: 0 })).sum),
    begin: async (id, ms) => {
      await http.ask('POST', `/job/${id}/run/send`, { steps: 3, ms });
    },
    finished: async (prefix, count) => {
      const done = await Promise.all(ids(prefix, count).map(isDone));
      return done.filter((each) => each).length;
    },
    untilFinished: async (prefix, count) => {
      const attach = (id: string) => http.ask('GET', `/restate/workflow/job/${id}/attach`);
      await Promise.all(ids(prefix, count).map(attach));
    },
    stop: async () => {
      await http.close();
      await processes.stop();
    },
    kill: async () => {
      await processes.kill();
      await http.close();
    },
  };
}

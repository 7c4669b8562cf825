/** Ways to a living world. */
import { connect as connectSocket, type Socket } from 'node:net';
import type { MessagePort } from 'node:worker_threads';
import { CONTROL_VERSION } from '@aos/protocol';
import { type ControlPlace, readControlFile } from './control-file.js';
import { daemonAbsent } from './faults.js';
import { PortChannel } from './port-channel.js';
import { SocketChannel } from './socket-channel.js';
import { ANSWER_LIMITS } from './wire/limits.js';
import type { Framing } from './wire/message-reader.js';
import { WorldClient } from './world-client.js';

export interface ConnectOptions {
  /** How long the daemon may take to greet, default 10,000. */
  readonly timeoutMs?: number;
  /** Default `pack`. */
  readonly framing?: Framing;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Connects to the daemon of a world, by the world's directory or by what its control file says.
 * Faults: `daemon-absent`, `control-token`, `control-world`, `control-version`, `control-busy`,
 * `control-closed`.
 */
export async function connectWorld(
  target: string | ControlPlace,
  options: ConnectOptions = {},
): Promise<WorldClient> {
  const place = typeof target === 'string' ? readControlFile(target) : target;
  const socket = await openSocket(place.path);
  const { framing = 'pack', timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const client = new WorldClient(new SocketChannel(socket, { limits: ANSWER_LIMITS, framing }));
  const timer = setTimeout(() => socket.destroy(), timeoutMs);
  try {
    const { token, world } = place;
    await client.greet({ type: 'hello', v: CONTROL_VERSION, token, world });
  } finally {
    clearTimeout(timer);
  }
  return client;
}

/** A world whose control service is served at the other end of the port. */
export function connectPort(port: MessagePort): WorldClient {
  return new WorldClient(new PortChannel(port));
}

function openSocket(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket(path);
    const fail = (cause: Error) => reject(daemonAbsent(path, cause));
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

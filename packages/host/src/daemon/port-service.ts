/** A control service at one end of a message port: how a world lives in a thread of its own. */
import type { MessagePort } from 'node:worker_threads';
import { PortChannel } from '@aos/client';
import type { ControlService } from '../control/service.js';
import { ControlConnection } from './connection.js';

export interface PortServiceOptions {
  readonly onDefect?: (cause: unknown) => void;
}

/** Serves until the port closes. Whoever has the other end may speak; there is no hello. */
export function serveControlPort(
  service: ControlService,
  port: MessagePort,
  { onDefect = () => undefined }: PortServiceOptions = {},
): void {
  const channel = new PortChannel(port);
  const connection = new ControlConnection(channel, { service: () => service, onDefect });
  channel.start({
    message: (message, sizeBytes) => connection.take(message, sizeBytes),
    ended: (reason) => connection.ended(reason),
    closed: () => connection.closed(),
  });
}

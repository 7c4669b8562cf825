/** One connection to a server, and what is known of it. */
import { connect as connectTcp, isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { HttpTls } from '../options.js';
import { deniedAddress, guardLookup, type PermitAddress, type ResolveName } from './addresses.js';

/** Where to, and what must hold on the way. */
export interface Target {
  /** Name or address, without brackets. */
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
  readonly tls: HttpTls;
  readonly resolve: ResolveName;
  readonly permit: PermitAddress;
}

/** What TLS agreed on. */
export interface TlsFacts {
  readonly protocol: string;
  readonly cipher: string;
  /** SHA-256 of the server's certificate, as pairs of hexadecimal digits. */
  readonly fingerprint: string;
}

type Opened = (error: Error | null, socket: Socket | null) => void;

/**
 * Connects, and says once how that ended. The socket comes at once, for whoever must end it before;
 * there is none when its address is denied.
 */
export function openSocket(target: Target, opened: Opened): Socket | undefined {
  const { host, port, isSecure, resolve, permit } = target;
  const denied = isIP(host) === 0 ? undefined : deniedAddress(host, permit);
  if (denied !== undefined) {
    opened(denied, null);
    return undefined;
  }
  const place = { host, port, lookup: guardLookup(resolve, permit), autoSelectFamily: true };
  const socket = isSecure ? secure(target, place) : connectTcp(place);
  const fail = (error: Error) => opened(error, null);
  socket.setNoDelay(true);
  socket.once('error', fail);
  socket.once(isSecure ? 'secureConnect' : 'connect', () => {
    socket.off('error', fail);
    opened(null, socket);
  });
  return socket;
}

function secure({ tls, host }: Target, place: TcpNetConnectOpts): TLSSocket {
  // RFC 6066 §3: no addresses as server names.
  const name = isIP(host) === 0 ? { servername: host } : {};
  return connectTls({ ...tls, ...place, ...name, ALPNProtocols: ['http/1.1'] });
}

/** What TLS agreed on, if the connection has it. */
export function tlsFacts(socket: Socket): TlsFacts | undefined {
  if (!('getPeerX509Certificate' in socket)) return undefined;
  const secured = socket as TLSSocket;
  return {
    protocol: secured.getProtocol() ?? 'unknown',
    cipher: secured.getCipher().name,
    fingerprint: secured.getPeerX509Certificate()?.fingerprint256 ?? '',
  };
}

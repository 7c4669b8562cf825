/** What goes wrong between a client and its world, each fault built in one place. */
import { RefusalError } from '@aos/canon';
import { AosFault, type ControlError } from '@aos/protocol';

/** What a server said, as it is thrown. */
export function errorOf(error: ControlError): RefusalError | AosFault {
  const { kind, code, at, message } = error;
  return kind === 'refusal' ? new RefusalError({ code, at, detail: message }) : faultOf(error);
}

export function faultOf({ code, message, retry }: ControlError): AosFault {
  return new AosFault(code, message, { retry });
}

export function connectionEnded(cause: Error | undefined): AosFault {
  const message =
    'the connection to the world ended; what had no answer yet may or may not be done; ' +
    'connect again';
  return new AosFault('control-closed', message, { retry: 'later', cause });
}

export function serverUnreadable(detail: string): AosFault {
  const message = `what answers is no daemon of this version: ${detail}; use the same version`;
  return new AosFault('control-unreadable', message, { retry: 'never' });
}

export function daemonAbsent(where: string, cause?: unknown): AosFault {
  const message = `no daemon answers for the world at '${where}'; start one with 'aos up'`;
  return new AosFault('daemon-absent', message, { retry: 'later', cause });
}

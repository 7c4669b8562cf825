/** The hello of a client, judged: version, token, world; the first that is wrong counts. */
import { createHash, timingSafeEqual } from 'node:crypto';
import {
  CONTROL_VERSION,
  type ControlError,
  type PlainValue,
  parseClientMessage,
} from '@aos/protocol';

export interface Greeted {
  readonly token: string;
  readonly world: string;
}

/** `undefined` when the client may go on. */
export function judgeHello(value: PlainValue, { token, world }: Greeted): ControlError | undefined {
  const parsed = parseClientMessage(value);
  if (!parsed.ok) return refused('control-message', parsed.refusal.detail);
  const hello = parsed.value;
  if (hello.type !== 'hello') {
    return refused('control-hello', `expected a hello first, found a ${hello.type}`);
  }
  if (hello.v !== CONTROL_VERSION) {
    const message = `version ${CONTROL_VERSION} is spoken here, found ${hello.v}`;
    return refused('control-version', `${message}; use a client of the same version`);
  }
  if (!isSame(hello.token, token)) {
    return refused('control-token', 'expected the token of the control file; read it again');
  }
  if (hello.world !== world) {
    return refused('control-world', `the world here is ${world}; read the control file again`);
  }
  return undefined;
}

/** Takes as long whatever the difference is. */
function isSame(found: string, expected: string): boolean {
  return timingSafeEqual(digest(found), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

export function refused(code: string, message: string): ControlError {
  return { kind: 'refusal', code, at: '', message, retry: 'never' };
}

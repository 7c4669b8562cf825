/** What a client is told of what went wrong. */
import { RefusalError } from '@aos/canon';
import { AosFault, type ControlError } from '@aos/protocol';

/** Of a defect nothing is told but that there was one; `onDefect` hears the rest. */
export function controlError(error: unknown, onDefect: (cause: unknown) => void): ControlError {
  if (error instanceof RefusalError) {
    const { code, at, detail } = error.refusal;
    return { kind: 'refusal', code, at, message: detail, retry: 'never' };
  }
  if (error instanceof AosFault) {
    const { code, message, retry } = error;
    return { kind: 'fault', code, at: '', message, retry };
  }
  onDefect(error);
  return DEFECT;
}

const DEFECT: ControlError = {
  kind: 'defect',
  code: 'control-defect',
  at: '',
  message: 'the daemon met a defect while answering; its log says more; report it',
  retry: 'never',
};

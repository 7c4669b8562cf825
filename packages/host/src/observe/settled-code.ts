/** Why an effect came to nothing. */
import { decode } from '@aos/canon';
import type { Input, SettledEntry } from '@aos/protocol';

/** The code of the kernel, or that of the receipt which settled it; undefined when it went well. */
export function settledCode({ status, code }: SettledEntry, input: Input): string | undefined {
  if (code !== null) return code;
  if (status === 'ok') return undefined;
  const payload = input.kind === 'receipt' ? input.payload.inline : undefined;
  const error = payload && decode(payload);
  const said = error?.ok && error.value instanceof Map ? error.value.get('code') : undefined;
  return typeof said === 'string' ? said : status;
}

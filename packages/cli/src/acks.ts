/** Acknowledgements as the CLI says them. */
import type { JsonValue } from '@aos/air';
import { toHashText } from '@aos/canon';
import type { Ack } from '@aos/host';

interface ShownAck {
  readonly data: { readonly [name: string]: JsonValue };
  readonly lines: readonly string[];
}

export function describeAck({ seq, chain, entries, faults }: Ack): ShownAck {
  const chainText = toHashText(chain);
  const counted = entries === 1 ? '1 entry' : `${entries} entries`;
  const told = faults.map(({ reducer, code }) => ({ reducer, code }));
  return {
    data: { seq, chain: chainText, entries, faults: told },
    lines: [`record ${seq}  ${chainText}  ${counted}`],
  };
}

export function faultWarnings({ faults }: Ack): string[] {
  return faults.map(
    ({ reducer, code }) => `${reducer} faulted with ${code}; its state is as before the event`,
  );
}

/** Acknowledgements as the CLI says them. */
import type { JsonValue } from '@aos/air';
import type { AckShape } from '@aos/protocol';

interface ShownAck {
  readonly data: { readonly [name: string]: JsonValue };
  readonly lines: readonly string[];
}

export function describeAck(ack: AckShape): ShownAck {
  const { seq, chain, entries } = ack;
  const counted = entries === 1 ? '1 entry' : `${entries} entries`;
  return { data: { ...ack }, lines: [`record ${seq}  ${chain}  ${counted}`] };
}

export function faultWarnings({ faults }: AckShape): string[] {
  return faults.map(
    ({ reducer, code }) => `${reducer} faulted with ${code}; its state is as before the event`,
  );
}

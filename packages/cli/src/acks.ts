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

export function faultWarnings({ faults, denials }: AckShape): string[] {
  const faulted = faults.map(
    ({ reducer, code }) => `${reducer} faulted with ${code}; its state is as before the event`,
  );
  const denied = denials.map(({ effect, cap, code, advice }) => {
    const what = `${effect} under the grant ${cap} was denied with ${code}`;
    return advice === null ? what : `${what}: ${advice}`;
  });
  return [...faulted, ...denied];
}

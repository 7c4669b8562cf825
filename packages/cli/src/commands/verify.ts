/** `aos verify`: the whole journal replayed from genesis and judged. */
import type { JsonValue } from '@aos/air';
import { type Encodable, toHashText, toHex } from '@aos/canon';
import { type VerifyReport, verifyWorld } from '@aos/host';
import { newEngine, withStore } from '../open-world.js';
import type { Answer } from '../output.js';

type Difference = NonNullable<VerifyReport['difference']>;

export async function verify(world: string): Promise<Answer> {
  return withStore(world, (store) => {
    const report = verifyWorld(store, newEngine());
    const { worldId, records, chain, worldHash, difference } = report;
    const data = {
      same: report.ok,
      world_id: toHashText(worldId),
      records,
      chain: toHashText(chain),
      world_hash: toHashText(worldHash),
      from: 'genesis',
    };
    if (difference === undefined) {
      return {
        data,
        lines: [
          `replay OK  ${records} records from genesis, every entry the same`,
          `chain      ${data.chain}`,
          `world      ${data.world_hash}`,
        ],
      };
    }
    return {
      data: { ...data, difference: describeDifference(difference) },
      lines: printDifference(difference),
      exitCode: 1,
    };
  });
}

function describeDifference(difference: Difference): JsonValue {
  const { kind, seq, at, code } = difference;
  const expected = toPlain(difference.expected as Encodable);
  return { kind, seq, at, code, expected, found: toPlain(difference.found as Encodable) };
}

function printDifference(difference: Difference): string[] {
  const { kind, seq, at, code } = difference;
  return [
    `replay FAILED  record ${seq}, ${at}: ${kind} (${code})`,
    `  expected  ${JSON.stringify(toPlain(difference.expected as Encodable))}`,
    `  found     ${JSON.stringify(toPlain(difference.found as Encodable))}`,
    `records before ${seq} replay the same; restore the journal from a copy to go on`,
  ];
}

function toPlain(value: Encodable | undefined): JsonValue {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value !== 'object') return value;
  const fields = Object.entries(value).map(([name, field]) => [name, toPlain(field as Encodable)]);
  return Object.fromEntries(fields) as JsonValue;
}

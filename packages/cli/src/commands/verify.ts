/** `aos verify`: the whole journal replayed from genesis and judged. */
import { type JsonValue, printJson } from '@aos/air';
import { type Encodable, Float, toHashText, toHex } from '@aos/canon';
import { type VerifyReport, verifyWorld } from '@aos/host';
import { describeTail, tailWarnings } from '../journal-end.js';
import { newEngine, withStore } from '../open-world.js';
import { type Answer, CliError } from '../output.js';

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
      tail: describeTail(store.tail),
    };
    const warnings = tailWarnings(store.tail);
    if (difference === undefined) {
      return {
        data,
        lines: [
          `replay OK  ${records} records from genesis, every entry the same`,
          `chain      ${data.chain}`,
          `world      ${data.world_hash}`,
        ],
        warnings,
      };
    }
    return {
      data: { ...data, difference: describeDifference(difference) },
      lines: printDifference(difference),
      warnings,
      error: divergedError(difference),
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
    `  expected  ${printJson(toPlain(difference.expected as Encodable))}`,
    `  found     ${printJson(toPlain(difference.found as Encodable))}`,
  ];
}

function divergedError({ seq, at }: Difference): CliError {
  const message =
    `record ${seq} does not replay to itself at ${at}; records before it replay the same; ` +
    'restore the journal from a copy to go on';
  return new CliError('world-diverged', message);
}

/** Bytes as hex, lists as lists, maps as lists of pairs, shapes as objects. */
function toPlain(value: Encodable | undefined): JsonValue {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'object') return value;
  if (value instanceof Uint8Array) return toHex(value);
  if (value instanceof Float) return String(value.value);
  if (Array.isArray(value)) return value.map((item: Encodable) => toPlain(item));
  if (value instanceof Map) return [...value].map(([key, item]) => [toPlain(key), toPlain(item)]);
  const fields = Object.entries(value).map(([name, field]) => [name, toPlain(field as Encodable)]);
  return Object.fromEntries(fields) as JsonValue;
}

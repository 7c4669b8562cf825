/** The report of a shadow for people: what is riskiest comes first. */
import { toHashText } from '@aos/canon';
import type { ReplayReport } from './replay-report.js';
import type {
  AuthorityRow,
  Compared,
  EffectRow,
  ForkReport,
  Listed,
  MigrationRow,
  ReceiptsFrom,
  Risk,
  ShadowReport,
  StateRow,
  StateWarning,
  WarningRow,
} from './report.js';

export function printShadowReport(report: ShadowReport): readonly string[] {
  return [
    `shadow of patch ${toHashText(report.patch_hash)}`,
    `  from ${toHashText(report.base)}`,
    `  to   ${toHashText(report.candidate)}`,
    `  made after record ${report.at_seq}`,
    ...printRefused(report),
    ...printAuthority(report.authority),
    ...printList('warnings', report.warnings, printWarning),
    ...printList('definitions', report.definitions, ({ kind, name, change }) => [
      `${change} ${kind} ${name}`,
    ]),
    ...report.migrations.flatMap(printMigration),
    ...printInFlight(report),
    ...printWindow(report),
    ...printHead(report),
  ];
}

/** What a candidate would have made of the past. */
export function printReplayReport(report: ReplayReport): readonly string[] {
  const { from_seq, to_seq, left_out, unanswered, unused_receipts: unused, run } = report;
  return [
    `replay of records ${from_seq} to ${to_seq} of ${toHashText(report.world_id)}`,
    `  from ${toHashText(report.base)}`,
    `  with ${toHashText(report.candidate)}`,
    ...printAuthority(report.authority),
    ...printList('definitions', report.definitions, ({ kind, name, change }) => [
      `${change} ${kind} ${name}`,
    ]),
    ...(left_out === 0 ? [] : [`${left_out} inputs left out: they are about nothing here`]),
    ...printList('effects that nothing answers', unanswered, printEffect),
    ...(unused === 0 ? [] : [`${unused} receipts that nothing asked for`]),
    ...printFork(run),
  ];
}

function printHead({ head, limits: { advance_ns: spanNs } }: ShadowReport): readonly string[] {
  if (head === null) return ['nothing was tried on the world as it is, and time stood still'];
  const time = spanNs > 0 ? `for ${printSpan(spanNs)} of its time` : 'where time stands still';
  return [`on the world as it is, ${time}:`, ...printFork(head)];
}

const SPANS = [
  [86_400_000_000_000, 'days'],
  [3_600_000_000_000, 'hours'],
  [60_000_000_000, 'minutes'],
  [1_000_000_000, 'seconds'],
] as const;

/** In the largest unit that tells it exactly. */
function printSpan(spanNs: number): string {
  const [sizeNs, unit] = SPANS.find(([size]) => spanNs % size === 0) ?? [1, 'nanoseconds'];
  return `${spanNs / sizeNs} ${unit}`;
}

function printRefused({ refused }: ShadowReport): readonly string[] {
  if (refused === null) return [];
  return [`CANNOT BE APPLIED: ${refused.code} (${refused.at})`];
}

const RISK_WORDS: { readonly [R in Risk]: string } = {
  wider: 'MORE',
  changed: 'perhaps more',
  narrower: 'less',
};

function printAuthority(authority: Listed<AuthorityRow>): readonly string[] {
  if (authority.count === 0) return ['authority: nobody may do more or less than before'];
  return printList('authority', authority, ({ risk, part, name, change, base, candidate }) => [
    `${RISK_WORDS[risk]}: ${change} ${part} ${name}`,
    ...printSides({ base, candidate }).map((line) => `  ${line}`),
  ]);
}

function printSides({ base, candidate }: Compared<string>): readonly string[] {
  return [
    ...(base === null ? [] : [`was ${base}`]),
    ...(candidate === null ? [] : [`is  ${candidate}`]),
  ];
}

/** A heading with the number, the rows below it, and how many are left out. */
function printList<T>(
  name: string,
  { count, rows }: Listed<T>,
  print: (row: T) => readonly string[],
): readonly string[] {
  if (count === 0) return [];
  const more = count > rows.length ? [`  … and ${count - rows.length} more`] : [];
  return [`${name}: ${count}`, ...rows.flatMap(print).map((line) => `  ${line}`), ...more];
}

function printMigration(row: MigrationRow): readonly string[] {
  const { reducer, cells, looked, run, fuel, failed } = row;
  const sample = looked === cells ? 'all of them' : `the first ${looked} of them`;
  return [
    `migration of ${reducer}: ${cells} cells, ${sample} looked at`,
    `  ${run} run, ${failed.count} failed, ${fuel} fuel`,
    ...failed.rows.map((key) => `  failed: ${key === '' ? 'its one cell' : key}`),
  ];
}

const WARNING_WORDS: { readonly [C in StateWarning['code']]: string } = {
  'migration-missing': 'no migration leads on',
  'rollback-migration-missing': 'nothing in it leads back, as a rollback would need',
};

function printWarning(row: WarningRow): readonly string[] {
  if (row.code === 'approver-new') {
    const { name, added_at, code } = row;
    return [`${name} may approve, and was added by record ${added_at} only (${code})`];
  }
  const { code, reducer, from, to, cells } = row;
  return [
    `${reducer}, ${cells} cells: ${WARNING_WORDS[code]} (${code})`,
    `  from ${toHashText(from)}`,
    `  to   ${toHashText(to)}`,
  ];
}

function printInFlight({ in_flight }: ShadowReport): readonly string[] {
  const { instances, intents, cancelled, affected } = in_flight;
  const ended = cancelled === 0 ? [] : [`  ${cancelled} intents would end, their grant is gone`];
  return [
    `in flight: ${instances} instances of plans, ${intents} intents`,
    ...ended,
    ...affected.rows.map(
      ({ what, name, count, why }) => `  ${count} × ${what} ${name}: ${why.join(', ')}`,
    ),
  ];
}

function printWindow({ window }: ShadowReport): readonly string[] {
  if (window === null) return ['no recent inputs were run again'];
  return [`recent inputs, from record ${window.from_seq} on:`, ...printFork(window)];
}

function printFork(fork: ForkReport): readonly string[] {
  return [...printRun(fork), ...printDifferences(fork)].map((line) => `  ${line}`);
}

function printRun(fork: ForkReport): readonly string[] {
  const { inputs, is_cut, steps, fuel, cost_cents, receipts_from } = fork;
  return [
    `${inputs} inputs${is_cut ? ', cut short at a limit' : ''}`,
    `steps ${printChange(steps)}, fuel ${printChange(fuel)}, cents ${printChange(cost_cents)}`,
    `receipts before: ${printReceipts(receipts_from.base)}`,
    `receipts after:  ${printReceipts(receipts_from.candidate)}`,
    ...printList('inputs refused', fork.refused, ({ at, base, candidate }) => {
      const change = base === candidate ? base : `${base ?? 'taken'} → ${candidate ?? 'taken'}`;
      return [`${at}: ${change}`];
    }),
  ];
}

function printChange<T>({ base, candidate }: { readonly base: T; readonly candidate: T }): string {
  return base === candidate ? `${base}` : `${base} → ${candidate}`;
}

function printReceipts({ recorded, scripted, synthetic, open }: ReceiptsFrom): string {
  return `${recorded} recorded, ${scripted} scripted, ${synthetic} synthetic, ${open} open`;
}

function printDifferences(fork: ForkReport): readonly string[] {
  const { first_divergence: first } = fork;
  if (first === null) return ['nothing that they do differs'];
  return [
    `first difference at ${first.at} (${first.input})`,
    ...printSides(first).map((line) => `  ${line}`),
    ...printList('effects newly asked for', fork.effects_added, printEffect),
    ...printList('effects asked for no more', fork.effects_removed, printEffect),
    ...printList('decisions', fork.decisions, ({ at, effect, cap, base, candidate }) => [
      `${at}: ${effect} under ${cap}: ${base ?? 'not asked'} → ${candidate ?? 'not asked'}`,
    ]),
    ...printList('states', fork.states, printState),
    ...printList('counts', fork.counts, ({ kind, name, base, candidate }) => [
      `${kind} ${name}: ${base} → ${candidate}`,
    ]),
  ];
}

function printEffect({ effect, cap, origin, params, count }: EffectRow): readonly string[] {
  return [`${count} × ${effect} by ${origin} under ${cap}: ${params}`];
}

function printState({ reducer, key, base, candidate }: StateRow): readonly string[] {
  const name = key === null ? reducer : `${reducer} ${key}`;
  return [`${name}: ${base?.value ?? 'none'} → ${candidate?.value ?? 'none'}`];
}

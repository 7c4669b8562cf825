// The report of drills on real parts, made from what they tell of themselves, one line of JSON when
// each begins and one when it ends.

/**
 * A drill, or one of its canaries: the same with a part that is broken, which it must find out.
 * @typedef {object} Told
 * @property {string} [drill]
 * @property {string} [done]     what is done
 * @property {string} [canary]   the drill that must find it out
 * @property {string} [broken]   what is broken
 * @property {'begun' | 'passed' | 'failed' | 'skipped'} result
 * @property {number} [count]
 * @property {string} [unit]
 * @property {string} [found]    what was found beside, or what is wrong
 * @property {string} [skipped]  why
 * @property {number} [seconds]
 */

/** @param {Told} told */
const nameOf = ({ drill, canary, broken }) => drill ?? `canary of ${canary}: ${broken}`;

/**
 * Each as it ended. What has begun and did not end has failed.
 * @param {string} text @returns {Told[]}
 */
export function readTold(text) {
  /** @type {Map<string, Told>} */
  const told = new Map();
  for (const line of text.split('\n').slice(0, -1)) {
    /** @type {Told} */
    const each = JSON.parse(line);
    told.set(nameOf(each), each);
  }
  return [...told.values()].map((each) =>
    each.result === 'begun' ? { ...each, result: 'failed', found: 'it did not end' } : each,
  );
}

/** Processes that drills killed. @param {readonly Told[]} told */
export const killsIn = (told) =>
  told.reduce((sum, { unit, count = 0 }) => sum + (unit === 'kills' ? count : 0), 0);

/** None where it has no rows. @param {string[]} head @param {string[][]} rows */
function tableOf(head, rows) {
  if (rows.length === 0) return [];
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll('|', '/')));
  const widths = head.map((name, n) =>
    Math.max(name.length, ...cells.map((row) => row[n]?.length ?? 0)),
  );
  const line = (/** @type {string[]} */ row) =>
    `| ${row.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join(' | ')} |`;
  const ruler = line(widths.map((width) => '-'.repeat(width)));
  return [[line(head), ruler, ...cells.map(line)].join('\n')];
}

/** A cell has so much of it; a list has the line. */
const MOST_CELL = 110;

/** @param {Told} told */
const whyOf = ({ found, skipped }) => (skipped ?? found)?.split('\n')[0];

/** @param {Told} told */
function resultOf(told) {
  const why = whyOf(told);
  const text = why ? `${told.result}: ${why}` : told.result;
  return text.length > MOST_CELL ? `${text.slice(0, MOST_CELL)}…` : text;
}

/** @param {number | undefined} seconds */
const timeOf = (seconds) => (seconds === undefined ? '' : seconds.toFixed(1));

/** @param {readonly Told[]} told @param {Told['result']} result */
const having = (told, result) => told.filter((each) => each.result === result);

/** @param {string} title @param {readonly string[]} lines */
const listOf = (title, lines) => (lines.length === 0 ? [] : [[`${title}:`, ...lines].join('\n')]);

/**
 * `about` says where and when.
 * @param {readonly Told[]} told @param {readonly string[]} about
 */
export function reportOf(told, about) {
  const drills = told.filter(({ drill }) => drill !== undefined);
  const canaries = told.filter(({ canary }) => canary !== undefined);
  const counted = [
    `${having(drills, 'passed').length} of ${drills.length} drills passed`,
    `${having(canaries, 'passed').length} of ${canaries.length} broken parts were found out`,
    `${killsIn(told)} processes were killed with SIGKILL`,
  ];
  const parts = [
    '# Drills on real parts',
    about.join('; '),
    `${counted.join('; ')}.`,
    ...tableOf(
      ['drill', 'what is done', 'count', 'result', 'seconds'],
      drills.map((each) => {
        const { drill = '', done = '', count, unit, seconds } = each;
        const sum = count === undefined ? '' : `${count} ${unit}`;
        return [drill, done, sum, resultOf(each), timeOf(seconds)];
      }),
    ),
    ...tableOf(
      ['broken part', 'drill', 'what it says', 'seconds'],
      canaries.map((each) => {
        const { canary = '', broken = '', seconds } = each;
        return [broken, canary, resultOf(each), timeOf(seconds)];
      }),
    ),
    ...listOf(
      'Skipped',
      having(told, 'skipped').map((each) => `- ${nameOf(each)}: ${whyOf(each)}`),
    ),
    ...listOf(
      'Failed; the command repeats it',
      having(told, 'failed').map(
        (each) =>
          `- ${nameOf(each)}: ${whyOf(each)}\n  npm run drills -- --real -t '${nameOf(each)}'`,
      ),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}

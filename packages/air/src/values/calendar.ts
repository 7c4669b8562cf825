/** Times and durations as people write them; in data both are integers of nanoseconds. */

const NS = 1_000_000_000n;
const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;

const DATE = String.raw`(\d{4})-(\d{2})-(\d{2})`;
const FRACTION = String.raw`(?:\.(\d{1,9}))?`;
const OFFSET = String.raw`(?:[Zz]|([+-])(\d{2}):(\d{2}))`;
const DATE_TIME = new RegExp(String.raw`^${DATE}[Tt](\d{2}):(\d{2}):(\d{2})${FRACTION}${OFFSET}$`);

/** Amounts have at most 12 digits, which covers 64 bits of nanoseconds in every unit. */
const amount = (unit: string): string => String.raw`(?:(\d{1,12})${unit})?`;
const CLOCK = `(?:T(?!$)${amount('H')}${amount('M')}${amount(`${FRACTION}S`)})?`;
const DURATION = new RegExp(`^(-)?P(?!$)${amount('W')}${amount('D')}${CLOCK}$`);

/** Nanoseconds since 1970 of an RFC 3339 date-time; undefined when it is none. */
export function parseDateTime(text: string): bigint | undefined {
  const found = DATE_TIME.exec(text);
  if (found === null) return undefined;
  const part = (i: number): number => Number(found[i] ?? 0);
  const [year, month, day] = [part(1), part(2), part(3)];
  const [hour, minute, second] = [part(4), part(5), part(6)];
  const [offsetHour, offsetMinute] = [part(9), part(10)];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  if (offsetHour > 23 || offsetMinute > 59) return undefined;
  const sign = found[8] === '-' ? -1 : 1;
  const local = hour * HOUR_S + minute * MINUTE_S + second;
  const offset = sign * (offsetHour * HOUR_S + offsetMinute * MINUTE_S);
  const seconds = daysSince1970(year, month, day) * DAY_S + local - offset;
  return BigInt(seconds) * NS + fraction(found[7]);
}

/** Nanoseconds of an ISO 8601 duration in weeks, days and smaller; undefined when it is none. */
export function parseIsoDuration(text: string): bigint | undefined {
  const found = DURATION.exec(text);
  if (found === null) return undefined;
  const part = (i: number): bigint => BigInt(found[i] ?? 0);
  const days = part(2) * 7n + part(3);
  const seconds =
    days * BigInt(DAY_S) + part(4) * BigInt(HOUR_S) + part(5) * BigInt(MINUTE_S) + part(6);
  const total = seconds * NS + fraction(found[7]);
  return found[1] === undefined ? total : -total;
}

function fraction(digits: string | undefined): bigint {
  return digits === undefined ? 0n : BigInt(digits.padEnd(9, '0'));
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Days of the proleptic Gregorian calendar. */
function daysSince1970(year: number, month: number, day: number): number {
  let days = daysBeforeYear(year) - daysBeforeYear(1970) + day - 1;
  for (let each = 1; each < month; each += 1) days += daysIn(year, each);
  return days;
}

/** Days from the beginning of year 0. */
function daysBeforeYear(year: number): number {
  const leaps = (last: number): number =>
    Math.floor(last / 4) - Math.floor(last / 100) + Math.floor(last / 400) + 1;
  return year * 365 + (year === 0 ? 0 : leaps(year - 1));
}

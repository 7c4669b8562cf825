/** Text forms of IPv6 addresses: RFC 4291 §2.2 in, RFC 5952 out. No zones. */

const GROUPS = 8;
const HEX_GROUP = /^[0-9A-Fa-f]{1,4}$/;
const DOTTED = /^(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})$/;

/** 16 bytes, or undefined for anything that is no address. */
export function parseAddress6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  const dotted = halves.length === 1 ? 0 : 1;
  const [left, right] = halves.map((half, i) => groupsOf(half, i === dotted ? 'dotted' : 'hex'));
  if (halves.length > 2 || left === undefined) return undefined;
  if (halves.length === 1) return left.length === GROUPS ? bytesOf(left) : undefined;
  if (right === undefined || left.length + right.length >= GROUPS) return undefined;
  const zeros = new Array<number>(GROUPS - left.length - right.length).fill(0);
  return bytesOf([...left, ...zeros, ...right]);
}

/** Lower case, the first longest run of two or more zero groups as `::`. */
export function printAddress6(address: Uint8Array): string {
  const view = new DataView(address.buffer, address.byteOffset, address.length);
  const groups = Array.from({ length: GROUPS }, (_, i) => view.getUint16(2 * i));
  const run = longestZeroRun(groups);
  const print = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (run.length < 2) return print(groups);
  return `${print(groups.slice(0, run.start))}::${print(groups.slice(run.start + run.length))}`;
}

/** Groups between colons; the last one of a dotted end may be an IPv4 address, which is two. */
function groupsOf(text: string, end: 'hex' | 'dotted'): readonly number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (HEX_GROUP.test(part)) groups.push(Number.parseInt(part, 16));
    else if (end === 'dotted' && i === parts.length - 1 && DOTTED.test(part)) {
      const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
      if (Math.max(a, b, c, d) > 255) return undefined;
      groups.push((a << 8) | b, (c << 8) | d);
    } else return undefined;
  }
  return groups;
}

function bytesOf(groups: readonly number[]): Uint8Array {
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let length = 0;
  for (const [i, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > longest.length) longest = { start: i + 1 - length, length };
  }
  return longest;
}

/**
 * The judge: a recorded record against the one that replay makes of the same input.
 *
 * J1 Every entry is judged, in order; the first that is not the same is the answer.
 * J2 Entries are compared as bytes. Only to tell an entry too many from one changed is the next
 *     one looked at, its cause left out: a place more or less moves the causes behind it.
 */
import { bytesEqual, type Encodable, type Refusal } from '@aos/canon';
import {
  decodeRecord,
  type Entry,
  encodeEntry,
  type Input,
  type JournalRecord,
} from '@aos/protocol';
import type { Difference } from './difference.js';

/** The first difference between two records that are known not to be equal byte for byte. */
export function judgeRecord(recorded: Uint8Array, replayed: JournalRecord): Difference {
  const decoded = decodeRecord(recorded);
  if (!decoded.ok) return brokenAt(replayed.seq, 'entries', decoded.refusal);
  return judgeEntries(replayed, decoded.value.entries) ?? judgeFields(replayed, decoded.value);
}

/** A record that cannot be judged, and why. */
export function brokenAt(seq: number, at: string, refusal: Refusal): Difference {
  return { kind: 'broken', seq, at, expected: null, found: refusal.detail, code: refusal.code };
}

function judgeEntries(
  { seq, entries: ours }: JournalRecord,
  theirs: readonly Entry[],
): Difference | undefined {
  const longest = Math.max(ours.length, theirs.length);
  for (let i = 0; i < longest; i++) {
    const kind = judgeAt(ours, theirs, i);
    if (kind === 'same') continue;
    const expected = kind === 'extra' ? null : (ours[i] ?? null);
    const found = kind === 'missing' ? null : (theirs[i] ?? null);
    return { kind, seq, at: `entries/${i}`, expected, found, code: 'replay-difference' };
  }
  return undefined;
}

function judgeAt(
  ours: readonly Entry[],
  theirs: readonly Entry[],
  i: number,
): 'different' | 'extra' | 'missing' | 'same' {
  const our = ours[i];
  const their = theirs[i];
  if (our === undefined) return 'extra';
  if (their === undefined) return 'missing';
  if (bytesEqual(encodeEntry(our), encodeEntry(their))) return 'same';
  if (ours.length < theirs.length && isAlike(our, theirs[i + 1])) return 'extra';
  if (ours.length > theirs.length && isAlike(ours[i + 1], their)) return 'missing';
  return 'different';
}

/** The same but for their causes. */
function isAlike(a: Entry | undefined, b: Entry | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  const bytesOf = (entry: Entry) => encodeEntry({ ...entry, cause: null });
  return bytesEqual(bytesOf(a), bytesOf(b));
}

/** The entries agree, so it is a field of the record around them. */
function judgeFields(replayed: JournalRecord, recorded: JournalRecord): Difference {
  const { seq } = replayed;
  const between = (at: string, expected: Encodable, found: Encodable): Difference => {
    return { kind: 'different', seq, at, expected, found, code: 'replay-difference' };
  };
  if (replayed.fuel !== recorded.fuel) return between('fuel', replayed.fuel, recorded.fuel);
  if (replayed.wakeAtNs !== recorded.wakeAtNs) {
    return between('wake_at', replayed.wakeAtNs ?? null, recorded.wakeAtNs ?? null);
  }
  // Input and stamp were fed, so what is left is how a value of the input is carried.
  return between('input', carriage(replayed.input), carriage(recorded.input));
}

function carriage(input: Input): string {
  const value = 'payload' in input ? input.payload : 'value' in input ? input.value : undefined;
  return value?.ref === undefined ? 'inline' : 'object';
}

import { describe, expect, it } from 'vitest';
import { fullRecords } from '../test/samples.js';
import { encodeRecord } from './record.js';

describe('a record that is encoded beside its recorded bytes', () => {
  it.each(fullRecords)('is those very bytes when they are the same', (record) => {
    const bytes = encodeRecord(record);
    expect(encodeRecord(record, bytes)).toBe(bytes);
  });

  it.each(fullRecords)('is its own bytes when one of theirs differs', (record) => {
    const bytes = encodeRecord(record);
    const other = bytes.with(-1, ((bytes.at(-1) ?? 0) + 1) % 256);
    expect(encodeRecord(record, other)).toEqual(bytes);
  });
});

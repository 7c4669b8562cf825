/** What is kept of the end of a journal, and for how long. */
import type { JournalRecord } from '@aos/protocol';
import { expect, it } from 'vitest';
import { type DurableRecord, HostWatch } from '../loop/host-watch.js';
import { RecentRecords } from './recent-records.js';

const watch = new HostWatch();
const recent = new RecentRecords({ watch: (events) => watch.add(events) });
const told = (seq: number, sizeBytes = 10): DurableRecord => {
  const bytes = new Uint8Array(sizeBytes);
  return { record: { seq } as JournalRecord, bytes, chain: bytes as DurableRecord['chain'] };
};
const tell = (from: number, to: number, sizeBytes?: number) => {
  for (let seq = from; seq <= to; seq++) watch.durable([told(seq, sizeBytes)]);
};
const seqs = (from: number, count = 1000) => recent.from(from, count).map((r) => r.record.seq);

it('keeps the latest records of a journal while somebody follows it', () => {
  tell(0, 9);
  expect(seqs(9)).toEqual([]);
  const [one, two] = [recent.follow(), recent.follow()];
  tell(10, 19);
  expect(seqs(9)).toEqual([]);
  expect(seqs(17)).toEqual([17, 18, 19]);
  expect(seqs(10, 2)).toEqual([10, 11]);
  expect(seqs(20)).toEqual([]);
  one();
  expect(seqs(19)).toEqual([19]);
  two();
  expect(seqs(19)).toEqual([]);
  tell(20, 29);
  const three = recent.follow();
  tell(30, 30);
  expect(seqs(29)).toEqual([]);
  expect(seqs(30)).toEqual([30]);
  three();
});

it('keeps neither too many nor too large ones', () => {
  const leave = recent.follow();
  tell(0, 5000);
  const [first = 0] = seqs(5000, 1);
  expect(first).toBe(5000);
  expect(seqs(5000 - 512)).toEqual([]);
  expect(seqs(4900)).toHaveLength(101);
  tell(5001, 5004, 1 << 19);
  expect(seqs(5000)).toEqual([]);
  expect(seqs(5004)).toEqual([5004]);
  tell(5005, 5005, 1 << 21);
  expect(seqs(5005)).toEqual([]);
  leave();
});

import { asHash, sha256, toHex, utf8 } from '@aos/canon';
import { expect, test } from 'vitest';
import { NodeCache } from '../trie/node-cache.js';
import { type SettledIntent, settledCodec } from './settled.js';
import { addToWindow, emptyWindow, type Window } from './window.js';

const source = { read: () => undefined, cache: new NodeCache() };
const item = (seq: number, name = `${seq}`): SettledIntent => ({
  intent: asHash(sha256(utf8(name))),
  seq,
  i: 0,
  outcome: null,
});
const add = (window: Window<SettledIntent>, each: SettledIntent, limit: number) =>
  addToWindow(window, each, each.intent, limit);
const rootsOf = ({ items, ages }: Window<SettledIntent>) => [
  toHex(items.root()),
  toHex(ages.root()),
];

test('a window holds the latest so many, whatever came before', () => {
  let window = emptyWindow(settledCodec(source), source);
  for (let seq = 0; seq < 40; seq++) window = add(window, item(seq), 5);
  expect(window.items.size).toBe(5);
  expect(window.ages.size).toBe(5);
  expect(window.items.get(item(34).intent)).toBeUndefined();
  expect(window.items.get(item(35).intent)).toEqual(item(35));
  let other = emptyWindow(settledCodec(source), source);
  for (let seq = 35; seq < 40; seq++) other = add(other, item(seq), 5);
  expect(rootsOf(window)).toEqual(rootsOf(other));
});

test('a window of none holds none', () => {
  const window = add(emptyWindow(settledCodec(source), source), item(1), 0);
  expect([window.items.size, window.ages.size]).toEqual([0, 0]);
});

test('an item that comes again counts by its new age', () => {
  let window = emptyWindow(settledCodec(source), source);
  for (const each of [item(0, 'a'), item(1, 'b'), item(2, 'a'), item(3, 'c')]) {
    window = add(window, each, 2);
  }
  expect([...window.ages.range()].map(({ seq }) => seq)).toEqual([2, 3]);
  expect(window.items.get(item(0, 'a').intent)).toEqual(item(2, 'a'));
});

import { describe, expect, test } from 'vitest';
import { borrowWriter, returnWriter } from './scratch-writer.js';

describe('the idle writer', () => {
  test('is lent again when it came back, with nothing in it', () => {
    const writer = borrowWriter();
    writer.text('a');
    returnWriter(writer);
    expect(borrowWriter()).toBe(writer);
    expect(writer.finish()).toHaveLength(0);
    expect(borrowWriter()).not.toBe(writer);
  });

  test('is one: another that comes back is dropped', () => {
    const [first, second] = [borrowWriter(), borrowWriter()];
    returnWriter(first);
    returnWriter(second);
    expect(borrowWriter()).toBe(first);
    expect(borrowWriter()).not.toBe(second);
  });

  test('holds at most 64 KiB', () => {
    const large = borrowWriter();
    const room = large.capacityBytes;
    large.raw(new Uint8Array(65_536));
    expect([room, large.capacityBytes]).toEqual([room, 65_536]);
    returnWriter(large);
    expect(borrowWriter()).toBe(large);
    large.raw(new Uint8Array(65_537));
    returnWriter(large);
    expect(borrowWriter()).not.toBe(large);
  });
});

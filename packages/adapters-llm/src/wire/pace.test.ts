import { describe, expect, test } from 'vitest';
import { Pace } from './pace.js';

describe('a pace', () => {
  test('of requests lets a minute of them go at once, and then one after the other', () => {
    const pace = new Pace({ requestsPerMinute: 60 }, 0);
    for (let i = 0; i < 60; i++) {
      expect(pace.delayMs(1, 0)).toBe(0);
      pace.take(1, 0);
    }
    expect(pace.delayMs(1, 0)).toBe(1000);
    expect(pace.delayMs(1, 400)).toBe(600);
    expect(pace.delayMs(1, 1000)).toBe(0);
  });

  test('of tokens waits for as many as are asked for', () => {
    const pace = new Pace({ tokensPerMinute: 6000 }, 0);
    pace.take(6000, 0);
    expect(pace.delayMs(100, 0)).toBe(1000);
    expect(pace.delayMs(100, 1000)).toBe(0);
  });

  test('lets a request go that is larger than a minute, and makes the next pay for it', () => {
    const pace = new Pace({ tokensPerMinute: 6000 }, 0);
    expect(pace.delayMs(12_000, 0)).toBe(0);
    pace.take(12_000, 0);
    expect(pace.delayMs(1, 0)).toBe(60_010);
  });

  test('is that of the slower limit', () => {
    const pace = new Pace({ requestsPerMinute: 60, tokensPerMinute: 600 }, 0);
    pace.take(600, 0);
    expect(pace.delayMs(10, 0)).toBe(1000);
    expect(pace.delayMs(20, 0)).toBe(2000);
  });

  test('without limits is none', () => {
    const pace = new Pace({}, 0);
    for (let i = 0; i < 1000; i++) pace.take(1e9, 0);
    expect(pace.delayMs(1e9, 0)).toBe(0);
  });

  test('pauses when it is told to, and takes the longer of two pauses', () => {
    const pace = new Pace({}, 0);
    pace.pauseUntil(500);
    pace.pauseUntil(200);
    expect(pace.delayMs(1, 100)).toBe(400);
    expect(pace.delayMs(1, 500)).toBe(0);
  });
});

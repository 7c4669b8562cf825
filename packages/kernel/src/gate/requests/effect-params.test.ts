import { encode } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import { EffectParams } from './effect-params.js';

describe('the parameters of an effect', () => {
  test('are decoded once, whoever looks at them', () => {
    const params = new EffectParams(encode({ a: [1] }));
    expect(params.value()).toBe(params.value());
    expect(params.fields()).toBe(params.value());
  });

  test('have no fields unless they are a record', () => {
    expect(new EffectParams(encode('text')).fields().size).toBe(0);
    expect(new EffectParams(encode(null)).fields().size).toBe(0);
  });

  test('are made something of once for each name', () => {
    const params = new EffectParams(encode({}));
    const made = ['url', 'url', 'size'].map((name) => params.once(name, () => ({ name })));
    expect(made[0]).toBe(made[1]);
    expect(made.map(({ name }) => name)).toEqual(['url', 'url', 'size']);
  });
});

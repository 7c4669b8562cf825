import * as other from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CanonicalJson, printCanonicalJson } from './canonical-json.js';

const printed = (value: CanonicalJson) => {
  const text = printCanonicalJson(value);
  return text.ok ? text.value : `${text.refusal.code}${text.refusal.at}`;
};
/** Its types tell of another kind of module than it is. */
const canonicalize = other.default as unknown as (value: unknown) => string;
const double = (hex: string) => Buffer.from(hex, 'hex').readDoubleBE(0);

/** RFC 8785, appendix B. */
const NUMBERS: readonly (readonly [bits: string, text: string])[] = [
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['7fffffffffffffff', 'json-number'],
  ['7ff0000000000000', 'json-number'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
];

describe('canonical JSON', () => {
  it.each(NUMBERS)('writes the number %s as %s', (bits, text) => {
    expect(printed(double(bits))).toBe(text);
  });

  it('is what RFC 8785 shows in 3.2.2 and 3.2.3', () => {
    const sample = JSON.parse(
      String.raw`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`,
    );
    const text = [
      '{"literals":[null,true,false]',
      ',"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]',
      String.raw`,"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    ].join('');
    expect(printed(sample)).toBe(text);
    const names = ['\u20ac', '\r', '\ufb33', '1', '\u{1f600}', '\u0080', '\u00f6'];
    const object = Object.fromEntries(names.map((name) => [name, 0]));
    expect(Object.keys(JSON.parse(printed(object)))).toEqual(
      // an object lists a name that is a number first
      ['1', '\r', '\u0080', '\u00f6', '\u20ac', '\u{1f600}', '\ufb33'],
    );
    expect(printed(object).indexOf('\\r')).toBeLessThan(printed(object).indexOf('"1"'));
  });

  it('is what another implementation writes', () => {
    const value = fc.jsonValue({ maxDepth: 4, depthSize: 'small', stringUnit: 'binary' });
    fc.assert(
      fc.property(value, (json) => {
        const text = printed(json as CanonicalJson);
        expect(text).toBe(canonicalize(json));
        expect(printed(JSON.parse(text))).toBe(text);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses what has no form', () => {
    expect(printed('\ud800')).toBe('lone-surrogate');
    expect(printed({ '\udfff': 1 })).toBe('lone-surrogate');
    const cyclic: CanonicalJson[] = [];
    cyclic.push(cyclic);
    expect(printed(cyclic)).toBe('json-depth');
  });

  it.each([
    ['lists', (inner: CanonicalJson) => [inner]],
    ['objects', (inner: CanonicalJson) => ({ a: inner })],
  ])('is written up to 128 %s deep', (_, around) => {
    const deep = (levels: number) => {
      let value: CanonicalJson = 0;
      for (let level = 0; level < levels; level++) value = around(value);
      return printed(value);
    };
    expect(JSON.parse(deep(128))).toEqual(expect.anything());
    expect(deep(129)).toBe('json-depth');
  });
});

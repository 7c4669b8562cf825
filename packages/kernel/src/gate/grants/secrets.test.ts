import { compileSchemas } from '@aos/air';
import { decode, type Encodable, encode, sha256, toHashText, utf8 } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import {
  ask,
  gateOf,
  goPlan,
  type Json,
  outcomeOf,
  reducerR,
  stopPlan,
  verdictOf,
} from '../../../test/gate-world.js';
import type { GateEffect } from '../requests/gate-effect.js';
import { compileSecretFinder, type SecretUse } from './secret-finder.js';
import { secretsIn } from './secrets.js';

const key = { $tag: 'secret', $value: { alias: 'g/key', version: 1 } };
const declared = (more: { [field: string]: Json } = {}) => ({
  secrets: [{ name: 'g/key@1', binding_id: 'vault:key', ...more }],
});
const verdict = (secret: { [field: string]: Json }, request = {}) =>
  verdictOf(declared(secret), ask({ params: encode({ text: 'x', key }), ...request }));
const asking = (secret: { [field: string]: Json }, request = {}) =>
  outcomeOf(verdict(secret, request));

describe('a reference to a secret', () => {
  test.each([
    ['by whoever may have the grant, if it names nobody', {}, {}, 'open'],
    ['by a reducer as well', {}, { origin: reducerR }, 'open'],
    ['under the grants that it names', { allowed_caps: ['note'] }, {}, 'open'],
    ['by the plans that it names', { allowed_plans: ['g/go@1'] }, { origin: goPlan }, 'open'],
    ['by all, if it names none', { allowed_plans: [], allowed_caps: [] }, {}, 'open'],
    ['by no other plan', { allowed_plans: ['g/go@1'] }, { origin: stopPlan }, 'secret-plan-denied'],
    [
      'by no reducer then',
      { allowed_plans: ['g/go@1'] },
      { origin: reducerR },
      'secret-plan-denied',
    ],
  ])('is made %s', (_, secret, request, code) => {
    expect(asking(secret, request)).toBe(code);
  });

  test('is made under no other grant than those named', () => {
    const brief = {
      secrets: [{ name: 'g/key@1', binding_id: 'vault:key', allowed_caps: ['other'] }],
      grants: ['note', 'other'].map((name) => ({ name, cap: 'g/note@1', params: {} })),
    };
    const params = encode({ text: 'x', key });
    expect(verdictOf(brief, ask({ params }))).toMatchObject({
      code: 'secret-cap-denied',
      at: 'secret g/key@1 allowed_caps',
    });
    expect(outcomeOf(verdictOf(brief, ask({ params, cap: 'other' })))).toBe('open');
  });

  test('is denied when nobody declared the secret, or not in that version', () => {
    const other = { $tag: 'secret', $value: { alias: 'g/other', version: 1 } };
    const next = { $tag: 'secret', $value: { alias: 'g/key', version: 2 } };
    expect(verdict({}, { params: encode({ text: 'x', key: other }) })).toMatchObject({
      code: 'secret-unknown',
      at: 'secret g/other@1',
    });
    expect(asking({}, { params: encode({ text: 'x', key: next }) })).toBe('secret-unknown');
  });

  test('counts outside of arms as well, where the schema says so', () => {
    const params = encode({ text: 'x', bare_key: { alias: 'g/other', version: 1 } });
    expect(asking({}, { params })).toBe('secret-unknown');
    const plans = { allowed_plans: ['g/stop@1'] };
    const own = encode({ text: 'x', bare_key: { alias: 'g/key', version: 1 } });
    expect(verdict(plans, { params: own })).toMatchObject({
      code: 'secret-plan-denied',
      at: 'secret g/key@1 allowed_plans',
    });
  });

  test('is looked at even behind one that may be made', () => {
    const bare_key = { alias: 'g/other', version: 1 };
    const keys = [
      { key, bare_key },
      { key: { $tag: 'secret', $value: bare_key }, bare_key: key.$value },
    ];
    for (const both of keys) {
      expect(asking({}, { params: encode({ text: 'x', ...both }) })).toBe('secret-unknown');
    }
  });

  test('is found again in the parameters that were let out', () => {
    const effect = gateOf().effects.get('g.note') as GateEffect;
    const bare_key = { alias: 'g/other', version: 2 };
    expect(secretsIn(effect, encode({ text: 'x', key, bare_key }))).toEqual([key.$value, bare_key]);
    const timer = gateOf().effects.get('timer.set') as GateEffect;
    expect(secretsIn(timer, encode({ deliver_at_ns: 1 }))).toEqual([]);
  });

  test('leads to the binding of the secret and to the digest that it should have', () => {
    const digest = sha256(utf8('a value'));
    const rule = (more?: { [field: string]: Json }) =>
      gateOf(declared(more)).secrets.get('g/key@1');
    expect(rule({ expected_digest: toHashText(digest) })).toMatchObject({
      bindingId: 'vault:key',
      expectedDigest: digest,
    });
    expect(rule()?.expectedDigest).toBe(undefined);
  });

  test('is judged before the policy', () => {
    const brief = { rules: [], secrets: [] };
    const request = ask({ params: encode({ text: 'x', key }) });
    expect(outcomeOf(verdictOf(brief, request))).toBe('secret-unknown');
  });
});

describe('references are found', () => {
  const ref = { ref: 'sys/SecretRef@1' };
  const [text, nat] = [{ text: {} }, { nat: {} }];
  const own = { record: { alias: text, version: nat } };
  const more = { record: { ...own.record, by: text } };
  const others = { record: { a: text, b: nat } };
  const numbers = { record: { alias: nat, version: nat } };
  const texts = { record: { alias: text, version: text } };
  const compiled = (type: Json) => {
    const schemaOf = (name: string, of: Json) => ({ $kind: 'defschema', name, type: of }) as never;
    const schemas = compileSchemas([schemaOf('t/T@1', type), schemaOf('t/Ref@1', ref)]);
    if (!schemas.ok) throw new Error(schemas.refusal.detail);
    const schema = schemas.value.get('t/T@1');
    if (schema === undefined) throw new Error('it was compiled');
    const find = compileSecretFinder(schema.type, schemas.value.get('t/Ref@1')?.type);
    return { schema, find };
  };
  const found = (type: Json, value: Encodable) => {
    const { schema, find } = compiled(type);
    const normal = schema.normalizeCbor(encode(value));
    if (!normal.ok) throw new Error('not a value of the type');
    const uses: SecretUse[] = [];
    find?.(decoded(normal.value), uses);
    return uses.map(({ alias, version }) => `${alias}@${version}`);
  };
  const s = (alias: string, version = 1) => ({ alias, version });
  const arm = (value: Encodable) => ({ $tag: 'secret', $value: value });

  test.each([
    ['by themselves', ref, s('a'), ['a@1']],
    ['in options', { option: ref }, s('a'), ['a@1']],
    ['not in options of nothing', { option: ref }, null, []],
    ['in lists', { list: ref }, [s('a'), s('b', 2)], ['a@1', 'b@2']],
    ['in sets', { set: ref }, [s('a'), s('b')], ['a@1', 'b@1']],
    [
      'in maps',
      { map: { key: { text: {} }, value: ref } },
      { x: s('a'), y: s('b') },
      ['a@1', 'b@1'],
    ],
    [
      'in records',
      { record: { x: { list: ref }, y: { text: {} } } },
      { x: [s('a')], y: 'n' },
      ['a@1'],
    ],
    ['in arms', { ref: 'sys/TextOrSecretRef@1' }, arm(s('a')), ['a@1']],
    ['not in other arms', { ref: 'sys/TextOrSecretRef@1' }, { $tag: 'literal', $value: 'a' }, []],
    ['in arms of the same shape', { variant: { secret: own } }, arm(s('a')), ['a@1']],
    ['not in other records of the same shape', own, s('a'), []],
    [
      'not in arms of other names',
      { variant: { other: own } },
      { $tag: 'other', $value: s('a') },
      [],
    ],
    ['not in arms of a text', { variant: { secret: { text: {} } } }, arm('a'), []],
    ['not in arms of more fields', { variant: { secret: more } }, arm({ ...s('a'), by: 'b' }), []],
    ['not in arms of other fields', { variant: { secret: others } }, arm({ a: 'a', b: 1 }), []],
    ['not in arms of numbers', { variant: { secret: numbers } }, arm({ alias: 1, version: 1 }), []],
    ['not in arms of texts', { variant: { secret: texts } }, arm({ alias: 'a', version: '1' }), []],
    ['not in text', { text: {} }, '{"secret":{"alias":"a","version":1}}', []],
  ])('%s', (_, type, value, expected) => {
    expect(found(type as Json, value as Encodable)).toEqual(expected);
  });

  test.each<[Json]>([
    [text],
    [{ option: text }],
    [{ list: own }],
    [{ set: text }],
    [{ map: { key: text, value: own } }],
    [{ record: { a: text, b: { list: own } } }],
    [{ variant: { other: own, secret: text } }],
  ])('nowhere in values of %j, which nobody looks through', (type) => {
    expect(compiled(type).find).toBe(null);
  });
});

function decoded(bytes: Uint8Array) {
  const read = decode(bytes);
  if (!read.ok) throw new Error(read.refusal.code);
  return read.value;
}

import { compileSchemas } from '@aos/air';
import { decode, type Encodable, encode } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import {
  ask,
  goPlan,
  type Json,
  outcomeOf,
  reducerR,
  stopPlan,
  verdictOf,
} from '../../../test/gate-world.js';
import { compileSecretFinder, type SecretUse } from './secret-finder.js';

const key = { $tag: 'secret', $value: { alias: 'g/key', version: 1 } };
const asking = (secret: { [field: string]: Json }, request = {}) =>
  outcomeOf(
    verdictOf(
      { secrets: [{ name: 'g/key@1', binding_id: 'vault:key', ...secret }] },
      ask({ params: encode({ text: 'x', key }), ...request }),
    ),
  );

describe('a reference to a secret', () => {
  test.each([
    ['by whoever may have the grant, if it names nobody', {}, {}, 'open'],
    ['by a reducer as well', {}, { origin: reducerR }, 'open'],
    ['under the grants that it names', { allowed_caps: ['note'] }, {}, 'open'],
    ['by the plans that it names', { allowed_plans: ['g/go@1'] }, { origin: goPlan }, 'open'],
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
    expect(outcomeOf(verdictOf(brief, ask({ params })))).toBe('secret-cap-denied');
    expect(outcomeOf(verdictOf(brief, ask({ params, cap: 'other' })))).toBe('open');
  });

  test('is denied when nobody declared the secret, or not in that version', () => {
    const other = { $tag: 'secret', $value: { alias: 'g/other', version: 1 } };
    const next = { $tag: 'secret', $value: { alias: 'g/key', version: 2 } };
    expect(asking({}, { params: encode({ text: 'x', key: other }) })).toBe('secret-unknown');
    expect(asking({}, { params: encode({ text: 'x', key: next }) })).toBe('secret-unknown');
  });

  test('counts outside of arms as well, where the schema says so', () => {
    const params = encode({ text: 'x', bare_key: { alias: 'g/other', version: 1 } });
    expect(asking({}, { params })).toBe('secret-unknown');
    const plans = { allowed_plans: ['g/stop@1'] };
    const own = encode({ text: 'x', bare_key: { alias: 'g/key', version: 1 } });
    expect(asking(plans, { params: own })).toBe('secret-plan-denied');
  });

  test('is judged before the policy', () => {
    const brief = { rules: [], secrets: [] };
    const request = ask({ params: encode({ text: 'x', key }) });
    expect(outcomeOf(verdictOf(brief, request))).toBe('secret-unknown');
  });
});

describe('references are found', () => {
  const ref = { ref: 'sys/SecretRef@1' };
  const own = { record: { alias: { text: {} }, version: { nat: {} } } };
  const found = (type: Json, value: Encodable) => {
    const schemaOf = (name: string, of: Json) => ({ $kind: 'defschema', name, type: of }) as never;
    const schemas = compileSchemas([schemaOf('t/T@1', type), schemaOf('t/Ref@1', ref)]);
    if (!schemas.ok) throw new Error(schemas.refusal.detail);
    const schema = schemas.value.get('t/T@1');
    const normal = schema?.normalizeCbor(encode(value));
    if (schema === undefined || normal?.ok !== true) throw new Error('not a value of the type');
    const secretRef = schemas.value.get('t/Ref@1')?.type;
    const uses: SecretUse[] = [];
    compileSecretFinder(schema.type, secretRef)?.(decoded(normal.value), uses);
    return uses.map(({ alias, version }) => `${alias}@${version}`);
  };
  const s = (alias: string, version = 1) => ({ alias, version });
  const arm = (value: Encodable) => ({ $tag: 'secret', $value: value });

  test.each([
    ['by themselves', ref, s('a'), ['a@1']],
    ['in options', { option: ref }, null, []],
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
    ['not in text', { text: {} }, '{"secret":{"alias":"a","version":1}}', []],
  ])('%s', (_, type, value, expected) => {
    expect(found(type as Json, value as Encodable)).toEqual(expected);
  });
});

function decoded(bytes: Uint8Array) {
  const read = decode(bytes);
  if (!read.ok) throw new Error(read.refusal.code);
  return read.value;
}

import {
  decode,
  decodePlain,
  type Encodable,
  encode,
  encodeUntagged,
  sha256,
  utf8,
  type Value,
  ZERO_HASH,
} from '@aos/canon';
import type { CallOutcome, Engine } from '@aos/protocol';
import { describe, expect, test } from 'vitest';
import {
  ask,
  checkModule,
  emptyState,
  engineOf,
  type GateBrief,
  gateDefinition,
  gateOf,
  outcomeOf,
  portsOf,
  reducerR,
} from '../../../test/gate-world.js';
import { ObjectsNeeded } from '../../trie/objects-needed.js';
import { authorize } from '../authorize.js';
import type { EffectRequest } from '../requests/effect-request.js';
import { enforcerModules } from './enforcer.js';

describe('an enforcer that the world brings', () => {
  const grants = [{ name: 'note', cap: 'g/checked@1', params: { words: ['a'] } }];
  const answer = (value: Encodable): CallOutcome => ({
    kind: 'output',
    output: encodeUntagged({ output: encode(value) }),
    fuel: 11,
  });
  const asking = (engine: Engine, request: EffectRequest = ask(), brief: GateBrief = {}) =>
    authorize(gateOf({ grants, ...brief }), emptyState(), request, portsOf([], engine));
  const saying = (outcome: CallOutcome) => asking(engineOf(() => outcome));

  /** The envelope that the module gets, and how it is called. */
  const called = (request: EffectRequest, brief?: GateBrief) => {
    const seen: [string, Uint8Array][] = [];
    const engine: Engine = {
      has: () => true,
      call: (_module, entry, input) => {
        seen.push([entry, input]);
        return answer({ constraints_ok: true, deny: null });
      },
    };
    expect(outcomeOf(asking(engine, request, brief))).toBe('open');
    const [[entry, bytes]] = seen as [[string, Uint8Array]];
    const envelope = fieldsOf(decodePlain(bytes));
    return { entry, envelope, input: fieldsOf(decode(envelope.get('input') as Uint8Array)) };
  };

  test('is given the grant, the effect, the origin and the time', () => {
    const { entry, envelope, input } = called(ask({ origin: reducerR }));
    expect(entry).toBe('run');
    const context = fieldsOf(decode(envelope.get('ctx') as Uint8Array));
    expect(envelope.get('version')).toBe(1);
    expect(Object.fromEntries(input)).toMatchObject({
      cap_def: 'g/checked@1',
      grant_name: 'note',
      cap_params: encode({ words: ['a'] }),
      effect_kind: 'g.note',
      effect_params: encode({
        text: 'hello',
        max_tokens: null,
        max_cost_cents: null,
        key: null,
        bare_key: null,
      }),
      origin: new Map([
        ['kind', 'reducer'],
        ['name', 'g/R@1'],
      ]),
      logical_now_ns: 1_000,
    });
    expect(Object.fromEntries(context)).toMatchObject({ module: 'g/Check@1', journal_height: 7 });
  });

  test('is told of a plan as of one', () => {
    expect(called(ask()).input.get('origin')).toEqual(
      new Map([
        ['kind', 'plan'],
        ['name', 'g/go@1'],
      ]),
    );
  });

  test('has no context unless it wants one', () => {
    expect([...called(ask()).envelope.keys()].toSorted()).toEqual(['ctx', 'input', 'version']);
    const { envelope } = called(ask(), { check: 'plain' });
    expect([...envelope.keys()].toSorted()).toEqual(['input', 'version']);
  });

  test('denies whatever is asked when it has no code', () => {
    const brief = { grants, check: 'unbound' } as const;
    const verdict = authorize(gateOf(brief), emptyState(), ask(), portsOf());
    expect(verdict).toMatchObject({ code: 'enforcer-error', at: 'grant note cap', calls: 0 });
    expect(enforcerModules(gateDefinition(brief))).toEqual([
      { name: 'g/Check@1', hash: ZERO_HASH },
    ]);
  });

  test('is charged whatever it says', () => {
    expect(saying(answer({ constraints_ok: true, deny: null }))).toMatchObject({
      kind: 'open',
      fuel: 11,
      calls: 1,
    });
    expect(saying({ kind: 'fault', code: 'out-of-fuel', fuel: 99 })).toMatchObject({
      code: 'enforcer-error',
      fuel: 99,
      calls: 1,
    });
  });

  test('denies with a code of its own, and its message stays outside', () => {
    const deny = { code: 'word_not_allowed', message: 'say something else' };
    const verdict = saying(answer({ constraints_ok: false, deny }));
    expect(verdict).toMatchObject({ code: 'word_not_allowed', at: 'grant note params' });
    expect(verdict.decision.code).toBe('word_not_allowed');
    expect(JSON.stringify(verdict.decision)).not.toContain('something');
  });

  const why = { code: 'no', message: '' };
  test.each([
    ['traps', { kind: 'fault', code: 'module-trap', fuel: 5 } as const],
    ['answers with no envelope', { kind: 'output', output: Uint8Array.of(1), fuel: 1 } as const],
    ['answers out of schema', answer({ constraints_ok: 'yes' })],
    ['says no without a reason', answer({ constraints_ok: false, deny: null })],
    [
      'says no with a text for a code',
      answer({ constraints_ok: false, deny: { ...why, code: 'Not now!' } }),
    ],
    [
      'says no with a long code',
      answer({ constraints_ok: false, deny: { ...why, code: 'a'.repeat(65) } }),
    ],
  ] satisfies [string, CallOutcome][])('denies when it %s', (_, outcome) => {
    expect(saying(outcome)).toMatchObject({ code: 'enforcer-error', at: 'grant note cap' });
  });

  test('denies when it says both yes and no', () => {
    expect(outcomeOf(saying(answer({ constraints_ok: true, deny: why })))).toBe('no');
  });

  test('is asked for when its code is not loaded, and nothing is decided', () => {
    const empty: Engine = {
      has: () => false,
      call: () => {
        throw new Error('not there');
      },
    };
    let needed: unknown;
    try {
      asking(empty);
    } catch (error) {
      needed = error;
    }
    expect(needed).toBeInstanceOf(ObjectsNeeded);
    const module = { name: 'g/Check@1', hash: checkModule, entry: 'run' };
    expect(needed).toMatchObject({ hashes: [checkModule], modules: [module] });
  });

  test('is not asked when the grant has expired', () => {
    const late = gateOf({ grants: [{ ...grants[0], expiry_ns: 5 }] });
    const verdict = authorize(late, emptyState(), ask(), portsOf());
    expect(outcomeOf(verdict)).toBe('grant-expired');
  });

  test('is named among the modules that a world needs, native ones are not', () => {
    const both = [...grants, { name: 'plain', cap: 'g/note@1', params: {} }];
    expect(enforcerModules(gateDefinition({ grants: both }))).toEqual([
      { name: 'g/Check@1', hash: checkModule },
    ]);
    expect(sha256(utf8('module g/Check@1'))).toEqual(checkModule);
  });
});

function fieldsOf(read: ReturnType<typeof decode>): ReadonlyMap<string, Value> {
  if (!read.ok || !(read.value instanceof Map)) throw new Error('a map was expected');
  return read.value;
}

import {
  decode,
  decodePlain,
  type Encodable,
  encode,
  encodeUntagged,
  sha256,
  utf8,
  type Value,
} from '@aos/canon';
import type { CallOutcome, Engine } from '@aos/protocol';
import { describe, expect, test } from 'vitest';
import {
  ask,
  checkModule,
  emptyState,
  engineOf,
  gateDefinition,
  gateOf,
  type Json,
  outcomeOf,
  portsOf,
  reducerR,
  verdictOf,
} from '../../../test/gate-world.js';
import { ObjectsNeeded } from '../../trie/objects-needed.js';
import { authorize } from '../authorize.js';
import { enforcerModules } from './enforcer.js';

interface Case {
  readonly cap: string;
  readonly params: Json;
  readonly effect: string;
  readonly asked: Encodable;
  /** Version 2 of effects that only reducers may ask for otherwise. */
  readonly effects?: readonly string[];
}

function codeOf({ cap, params, effect, asked, effects = [] }: Case): string {
  const brief = { caps: [cap], effects, grants: [{ name: 'it', cap, params }] };
  return outcomeOf(verdictOf(brief, ask({ effect, cap: 'it', params: encode(asked) })));
}

describe('a grant of language models', () => {
  const request = {
    provider: 'acme',
    model: 'm-1',
    temperature: '0.7',
    max_tokens: 100,
    input_ref: `sha256:${'0'.repeat(64)}`,
    tools: ['search'],
    api_key: null,
  };
  const llm = (params: Json, changes: { [field: string]: Encodable } = {}) =>
    codeOf({
      cap: 'sys/llm.basic@2',
      params,
      effect: 'llm.generate',
      asked: { ...request, ...changes },
    });

  test.each([
    ['anything without constraints', {}, {}, 'open'],
    ['its providers', { providers: ['acme'] }, {}, 'open'],
    ['its providers', { providers: ['Acme'] }, {}, 'provider-not-allowed'],
    ['its models', { models: ['m-1', 'm-2'] }, {}, 'open'],
    ['its models', { models: ['m-2'] }, {}, 'model-not-allowed'],
    ['so many tokens', { max_tokens: 100 }, {}, 'open'],
    ['so many tokens', { max_tokens: 99 }, {}, 'max-tokens-exceeded'],
    ['so many tokens', { max_tokens: 99 }, { max_tokens: 2n ** 64n - 1n }, 'max-tokens-exceeded'],
    ['so high a temperature', { temperature_max: '0.7' }, {}, 'open'],
    ['so high a temperature', { temperature_max: '0.69' }, {}, 'temperature-exceeded'],
    [
      'so high a temperature',
      { temperature_max: '1' },
      { temperature: '10' },
      'temperature-exceeded',
    ],
    ['its tools', { tools_allow: ['search'] }, {}, 'open'],
    ['its tools', { tools_allow: ['read'] }, {}, 'tool-not-allowed'],
    ['its tools', { tools_allow: ['search'] }, { tools: ['search', 'rm'] }, 'tool-not-allowed'],
    ['no tools at all', { tools_allow: ['read'] }, { tools: null }, 'open'],
  ])('allows %s', (_, params, changes, code) => {
    expect(llm(params as Json, changes)).toBe(code);
  });
});

describe('a grant of language models asked with version 2', () => {
  const tool = { name: 'search', description: 'x', parameters: '{}' };
  const request = {
    ...{ provider: 'acme', model: 'm-1', temperature: null, max_tokens: 100, messages: [] },
    ...{ tools: [tool], tool_choice: null, output: null, options: null, stream: null },
    ...{ timeout_ns: null, api_key: null, max_cost_cents: null },
  };
  const llm = (params: Json, changes: { [field: string]: Encodable } = {}) =>
    codeOf({
      ...{ cap: 'sys/llm.basic@2', params, effect: 'llm.generate' },
      effects: ['sys/llm.generate@2'],
      asked: { ...request, ...changes },
    });

  test.each([
    ['its tools by name', { tools_allow: ['search'] }, {}, 'open'],
    ['its tools by name', { tools_allow: ['read'] }, {}, 'tool-not-allowed'],
    ['no tools', { tools_allow: ['read'] }, { tools: null }, 'open'],
    ["the provider's temperature", {}, {}, 'open'],
    ["not the provider's temperature", { temperature_max: '2' }, {}, 'temperature-exceeded'],
    ['a temperature', { temperature_max: '2' }, { temperature: '2' }, 'open'],
    ['so many tokens', { max_tokens: 99 }, {}, 'max-tokens-exceeded'],
  ])('allows %s', (_, params, changes, code) => {
    expect(llm(params as Json, changes)).toBe(code);
  });
});

describe('a grant of names', () => {
  const hash = `sha256:${'0'.repeat(64)}`;
  const put = { namespace: 'a', blob_ref: hash };
  const blob = { cap: 'sys/blob@2', effect: 'blob.put', effects: ['sys/blob.put@2'], asked: put };
  const vault = { alias: 'k', binding_id: 'b', value_ref: hash, expected_digest: hash };
  const secret = { cap: 'sys/secret@1', effect: 'vault.put', asked: vault };
  const source = { language: 'typescript', name: 'a', files: {}, types: null };
  const compile = { cap: 'sys/compile@1', effect: 'compile.reducer', asked: source };
  const state = { reducer: 'g/R@1', key: null, consistency: 'head' };
  const query = { cap: 'sys/query@2', effect: 'introspect.reducer_state', asked: state };
  const manifest = { ...query, effect: 'introspect.manifest', asked: { consistency: 'head' } };
  const propose = { patch_hash: hash, manifest_base: null, description: null };
  const govern = { cap: 'sys/governance@1', effect: 'governance.propose', asked: propose };

  test.each([
    ['blobs of its namespaces', { ...blob, params: { namespaces: ['a'] } }, 'open'],
    [
      'blobs of its namespaces',
      { ...blob, params: { namespaces: ['b'] } },
      'namespace-not-allowed',
    ],
    ['its aliases', { ...secret, params: { aliases: ['k'], binding_ids: ['b'] } }, 'open'],
    ['its aliases', { ...secret, params: { aliases: ['l'] } }, 'alias-not-allowed'],
    ['its bindings', { ...secret, params: { binding_ids: ['c'] } }, 'binding-not-allowed'],
    ['its questions', { ...query, params: { kinds: ['introspect.manifest'] } }, 'kind-not-allowed'],
    ['its reducers', { ...query, params: { reducers: ['g/R@1'] } }, 'open'],
    ['its reducers', { ...query, params: { reducers: ['g/S@1'] } }, 'reducer-not-allowed'],
    ['no reducers', { ...manifest, params: { reducers: ['g/S@1'] } }, 'open'],
    ['its languages', { ...compile, params: { languages: ['typescript'] } }, 'open'],
    [
      'its languages',
      { ...compile, params: { languages: ['assemblyscript'] } },
      'language-not-allowed',
    ],
    ['its verbs', { ...govern, params: { kinds: ['governance.propose'] } }, 'open'],
    ['its verbs', { ...govern, params: { kinds: ['governance.apply'] } }, 'kind-not-allowed'],
    ['patches of its sections', { ...govern, params: { sections: ['plans'] } }, 'open'],
    ['anything without names', { ...blob, params: {} }, 'open'],
  ] satisfies [string, Case, string][])('allows %s', (_, asked, code) => {
    expect(codeOf(asked)).toBe(code);
  });
});

describe('an enforcer that the world brings', () => {
  const grants = [{ name: 'note', cap: 'g/checked@1', params: { words: ['a'] } }];
  const gate = gateOf({ grants });
  const answer = (value: Encodable): CallOutcome => ({
    kind: 'output',
    output: encodeUntagged({ output: encode(value) }),
    fuel: 11,
  });
  const asking = (engine: Engine) => authorize(gate, emptyState(), ask(), portsOf([], engine));
  const saying = (outcome: CallOutcome) => asking(engineOf(() => outcome));

  test('is given the grant, the effect, the origin and the time', () => {
    const seen: Uint8Array[] = [];
    const engine = engineOf((input) => {
      seen.push(input);
      return answer({ constraints_ok: true, deny: null });
    });
    authorize(gate, emptyState(), ask({ origin: reducerR }), portsOf([], engine));
    const envelope = fieldsOf(decodePlain(seen[0] as Uint8Array));
    const input = fieldsOf(decode(envelope.get('input') as Uint8Array));
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
    expect(outcomeOf(saying(outcome))).toBe('enforcer-error');
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
    expect(() => asking(empty)).toThrow(ObjectsNeeded);
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

describe('a grant of workspaces', () => {
  const params = { workspaces: ['notes', '/mem'], prefixes: ['skills/', 'a/b'] };
  const hash = `sha256:${'0'.repeat(64)}`;
  const read = (workspace: string, path: string, granted: Json = params) =>
    codeOf({
      cap: 'sys/workspace@1',
      params: granted,
      effect: 'workspace.read',
      asked: { workspace, root: hash, path },
    });

  test.each([
    ['notes', 'skills', 'open'],
    ['notes', 'skills/x/y', 'open'],
    ['notes', 'a/b', 'open'],
    ['/mem', 'a/b', 'open'],
    ['notes', 'skills2', 'path-not-allowed'],
    ['notes', 'a', 'path-not-allowed'],
    ['notes', '', 'path-not-allowed'],
    ['notes', 'skills/../pages', 'path-not-allowed'],
    ['notes', 'skills/./x', 'path-not-allowed'],
    ['notes', 'skills//x', 'path-not-allowed'],
    ['notes', '/skills/x', 'path-not-allowed'],
    ['pages', 'skills/x', 'workspace-not-allowed'],
    ['/state', 'skills/x', 'workspace-not-allowed'],
  ])('lets %s, %s be read: %s', (workspace, path, code) => {
    expect(read(workspace, path)).toBe(code);
  });

  test('allows only mounts that it names', () => {
    expect(read('notes', 'x', {})).toBe('open');
    expect(read('/mem', 'x', {})).toBe('workspace-not-allowed');
    expect(read('/mem', 'x', { workspaces: ['/mem'] })).toBe('open');
  });

  test('says what may be done', () => {
    expect(read('notes', 'x', { operations: ['read'] })).toBe('open');
    expect(read('notes', 'x', { operations: ['list'] })).toBe('operation-not-allowed');
  });

  test.each([['..'], ['/skills'], ['a//b'], ['']])('is not understood with the prefix %j', (it) => {
    expect(read('notes', 'skills/x', { prefixes: [it] })).toBe('cap-params-invalid');
  });

  test('does not look for paths where there are none', () => {
    const code = (effect: string, asked: Encodable) =>
      codeOf({ cap: 'sys/workspace@1', params, effect, asked });
    expect(code('workspace.resolve', { workspace: 'notes' })).toBe('open');
    expect(code('workspace.empty_root', { workspace: 'notes' })).toBe('open');
    expect(code('workspace.resolve', { workspace: 'pages' })).toBe('workspace-not-allowed');
    const commit = { root: hash, expected_head: null, message: '' };
    expect(code('workspace.commit', { workspace: 'notes', ...commit })).toBe('open');
  });
});

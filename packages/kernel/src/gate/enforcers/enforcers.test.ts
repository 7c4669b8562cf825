import { type Encodable, encode } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import { ask, type Json, outcomeOf, verdictOf } from '../../../test/gate-world.js';

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
    const asked = ask({
      ...{ effect: 'workspace.resolve', cap: 'it' },
      params: encode({ workspace: '/mem' }),
    });
    const advice = (granted: Json) => {
      const grants = [{ name: 'it', cap: 'sys/workspace@1', params: granted }];
      return verdictOf({ caps: ['sys/workspace@1'], grants }, asked);
    };
    expect(advice({ workspaces: ['notes'] })).toMatchObject({
      advice: 'add /mem to workspaces, or use notes',
    });
    expect(advice({})).toMatchObject({ advice: 'add /mem to workspaces' });
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

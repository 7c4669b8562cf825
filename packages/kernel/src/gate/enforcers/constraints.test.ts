import type { GrantDefinition } from '@aos/air';
import { type Encodable, encode, type Value } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import { gateDefinition } from '../../../test/gate-world.js';
import type { Denial } from '../decision.js';
import { EffectParams } from '../requests/effect-params.js';
import { CapParams, type Constraint, type ConstraintReader, nameValues } from './constraint.js';
import { compileEnforcer } from './enforcer.js';
import { httpOut, readHttpLimits, redirectsExceeded } from './http-out.js';
import { llmBasic } from './llm-basic.js';
import { blob, compile, governance, query, secret } from './named-things.js';
import { workspace } from './workspace.js';

type Fields = { readonly [name: string]: Encodable };

const paramsOf = (fields: Fields) =>
  new CapParams(new Map(Object.entries(fields) as [string, Value][]));

const http: ConstraintReader = (params) => {
  const limits = readHttpLimits(params);
  return limits && httpOut(limits);
};
const govern: ConstraintReader = (params) => governance(params.texts('kinds'));

function denied(read: ConstraintReader, granted: Fields, kind: string, asked: Fields) {
  const constraint = read(paramsOf(granted)) as Constraint;
  const denial = constraint({ kind, params: new EffectParams(encode(asked as Encodable)) }, 'g');
  return denial && `${denial.code} ${denial.at}`;
}

const url = 'https://a.example/v1/x';
const get = { url, method: 'GET', headers: {} };
const llm = { provider: 'acme', model: 'm', max_tokens: 9, temperature: null, tools: ['a'] };
const file = { workspace: 'notes', path: 'a/b' };

describe('a denial says which constraint of the grant it was', () => {
  test.each<[ConstraintReader, Fields, string, Fields, string]>([
    [llmBasic, { providers: ['b'] }, 'llm.generate', llm, 'provider-not-allowed providers'],
    [llmBasic, { models: ['b'] }, 'llm.generate', llm, 'model-not-allowed models'],
    [llmBasic, { max_tokens: 8 }, 'llm.generate', llm, 'max-tokens-exceeded max_tokens'],
    [llmBasic, { tools_allow: ['b'] }, 'llm.generate', llm, 'tool-not-allowed tools_allow'],
    [
      ...([llmBasic, { temperature_max: '1' }, 'llm.generate'] as const),
      ...([llm, 'temperature-exceeded temperature_max'] as const),
    ],
    [
      ...([llmBasic, { temperature_max: '1' }, 'llm.generate'] as const),
      ...([{ ...llm, temperature: '2' }, 'temperature-exceeded temperature_max'] as const),
    ],
    [http, { hosts: ['b.example'] }, 'http.request', get, 'host-not-allowed hosts'],
    [http, { schemes: ['http'] }, 'http.request', get, 'scheme-not-allowed schemes'],
    [http, { ports: [444] }, 'http.request', get, 'port-not-allowed ports'],
    [http, { methods: ['PUT'] }, 'http.request', get, 'method-not-allowed methods'],
    [http, { path_prefixes: ['/v2'] }, 'http.request', get, 'path-not-allowed path_prefixes'],
    [
      ...([http, { path_prefixes: ['/v1'] }, 'http.request'] as const),
      ...([{ ...get, url: `${url}%2Fy` }, 'path-not-allowed path_prefixes'] as const),
    ],
    [
      ...([http, { allow_private: [] }, 'http.request'] as const),
      ...([{ ...get, url: 'https://10.0.0.1/' }, 'address-not-allowed allow_private'] as const),
    ],
    [
      blob,
      { namespaces: ['b'] },
      'blob.read',
      { namespace: 'a' },
      'namespace-not-allowed namespaces',
    ],
    [secret, { aliases: ['b'] }, 'vault.rotate', { alias: 'a' }, 'alias-not-allowed aliases'],
    [
      ...([secret, { binding_ids: ['b'] }, 'vault.put'] as const),
      ...([{ alias: 'a', binding_id: 'a' }, 'binding-not-allowed binding_ids'] as const),
    ],
    [query, { kinds: ['b'] }, 'introspect.manifest', {}, 'kind-not-allowed kinds'],
    [query, { reducers: ['b'] }, 'x.y', { reducer: 'a' }, 'reducer-not-allowed reducers'],
    [
      ...([compile, { languages: ['b'] }, 'compile.reducer'] as const),
      ...([{ language: 'a' }, 'language-not-allowed languages'] as const),
    ],
    [govern, { kinds: ['b'] }, 'governance.apply', {}, 'kind-not-allowed kinds'],
    [workspace, { operations: ['b'] }, 'workspace.read', file, 'operation-not-allowed operations'],
    [workspace, { workspaces: ['b'] }, 'workspace.read', file, 'workspace-not-allowed workspaces'],
    [workspace, { prefixes: ['b'] }, 'workspace.read', file, 'path-not-allowed prefixes'],
  ])('%# %o', (read, granted, kind, asked, expected) => {
    expect(denied(read, granted, kind, asked)).toBe(expected.replace(' ', ' grant g params '));
    expect(denied(read, {}, kind, asked)).not.toBe(expected.replace(' ', ' grant g params '));
  });

  test('so does that of a redirect', () => {
    const denial = redirectsExceeded(3, 'g');
    expect(denial).toMatchObject({
      code: 'redirects-exceeded',
      at: 'grant g params max_redirects',
    });
  });
});

describe('an enforcer is for some kinds of effects', () => {
  const mismatch = 'effect-kind-mismatch grant g cap';
  test.each<[ConstraintReader, Fields, readonly string[]]>([
    [llmBasic, llm, ['llm.generate']],
    [http, get, ['http.request']],
    [
      ...([blob, { namespace: 'a' }] as const),
      ['blob.put', 'blob.get', 'blob.write', 'blob.read', 'blob.exists'],
    ],
    [secret, { alias: 'a', binding_id: 'b' }, ['vault.put', 'vault.rotate']],
    [compile, { language: 'a' }, ['compile.reducer']],
    [workspace, file, ['workspace.read', 'workspace.commit']],
  ])('%# %o', (read, asked, kinds) => {
    expect(denied(read, {}, 'other.kind', asked)).toBe(mismatch);
    for (const kind of kinds) expect(denied(read, {}, kind, asked)).toBe(undefined);
  });
});

describe('a grant whose parameters are not understood', () => {
  const modules = ['HttpOut', 'LlmBasic', 'Blob', 'Query', 'Secret', 'Compile', 'Workspace'];

  test.each([...modules, 'Governance'])('denies whatever is asked under %s', (name) => {
    const definition = gateDefinition();
    const module = `sys/CapEnforce${name}@1`;
    const note = definition.grants.get('note') as GrantDefinition;
    const granted = {
      ...note,
      cap: { ...note.cap, enforcer: { module } },
      params: encode({ foreign: 1 }),
    };
    const enforcer = compileEnforcer('g', granted, definition);
    expect(enforcer).toMatchObject({
      denial: { code: 'cap-params-invalid', at: 'grant g params' },
    });
    const { advice } = (enforcer as { readonly denial: Denial }).denial;
    expect(advice.includes('allow_private')).toBe(name === 'HttpOut');
    expect(compileEnforcer('g', { ...granted, params: encode({}) }, definition).kind).toBe(
      'native',
    );
  });
});

describe('parameters that an enforcer cannot see are denied', () => {
  const get2 = (headers: Encodable) => ({ ...get, headers });
  test.each<[ConstraintReader, Fields, string, Fields, string]>([
    [llmBasic, {}, 'llm.generate', { ...llm, provider: 7 }, 'provider'],
    [llmBasic, {}, 'llm.generate', { ...llm, model: null }, 'model'],
    [llmBasic, {}, 'llm.generate', { ...llm, max_tokens: '9' }, 'max_tokens'],
    [llmBasic, {}, 'llm.generate', { ...llm, temperature: 1 }, 'temperature'],
    [llmBasic, {}, 'llm.generate', { ...llm, temperature: 'hot' }, 'temperature'],
    [llmBasic, {}, 'llm.generate', { ...llm, tools: 'a' }, 'tools'],
    [llmBasic, {}, 'llm.generate', { ...llm, tools: ['a', 7] }, 'tools'],
    [http, {}, 'http.request', { ...get, url: 7 }, 'url'],
    [http, {}, 'http.request', { ...get, method: 7 }, 'method'],
    [http, {}, 'http.request', { ...get, method: 'G T' }, 'method'],
    [http, {}, 'http.request', get2([]), 'headers'],
    [http, {}, 'http.request', get2(new Map([[7, 'x']]) as never), 'headers'],
    [http, {}, 'http.request', get2({ 'x y': 'x' }), 'headers'],
    [http, {}, 'http.request', get2({ x: 'a\0b' }), 'headers/x'],
    [http, {}, 'http.request', get2({ x: 'a\rb' }), 'headers/x'],
    [http, {}, 'http.request', get2({ x: { $tag: 'literal', $value: 'a\nb' } }), 'headers/x'],
    [blob, { namespaces: ['a'] }, 'blob.put', { namespace: 7 }, 'namespace'],
    [blob, { namespaces: ['a'] }, 'blob.put', {}, 'namespace'],
    [query, { reducers: ['a'] }, 'x.y', { reducer: 7 }, 'reducer'],
    [workspace, {}, 'workspace.read', { path: 'a' }, 'workspace'],
    [workspace, { prefixes: ['a'] }, 'workspace.read', { workspace: 'notes' }, 'path'],
  ])('%# %o', (read, granted, kind, asked, field) => {
    expect(denied(read, granted, kind, asked)).toBe(`effect-params-invalid params/${field}`);
  });

  test('and those that nothing constrains are let through', () => {
    expect(denied(blob, {}, 'blob.put', { namespace: 7 })).toBe(undefined);
    expect(denied(query, { reducers: ['a'] }, 'x.y', {})).toBe(undefined);
    expect(denied(llmBasic, {}, 'llm.generate', { ...llm, max_tokens: 9n })).toBe(undefined);
    expect(denied(llmBasic, {}, 'llm.generate', { ...llm, temperature: '9' })).toBe(undefined);
    expect(denied(llmBasic, { tools_allow: ['b'] }, 'llm.generate', { ...llm, tools: null })).toBe(
      undefined,
    );
    const at = (path: Encodable) => ({ workspace: 'notes', path });
    expect(denied(workspace, {}, 'workspace.read', at(7))).toBe(undefined);
    const commit = { workspace: 'notes' };
    expect(denied(workspace, { prefixes: ['a'] }, 'workspace.commit', commit)).toBe(undefined);
  });
});

describe('headers of a request', () => {
  const host = (of: string, value: Encodable) =>
    denied(http, {}, 'http.request', { ...get, url: of, headers: { Host: value } });

  test('name the host and the port that it goes to, or none', () => {
    const other = 'header-not-allowed params/headers/Host';
    expect(host('https://a.example/', 'a.example')).toBe(undefined);
    expect(host('https://a.example:443/', 'a.example')).toBe(undefined);
    expect(host('https://a.example:444/', 'A.example:444')).toBe(undefined);
    expect(host('https://a.example:444/', 'a.example')).toBe(other);
    expect(host('http://a.example:80/', 'a.example')).toBe(undefined);
    expect(host('http://a.example:443/', 'a.example')).toBe(other);
    expect(host('https://a.example:80/', 'a.example')).toBe(other);
    expect(host('https://a.example/', { $tag: 'literal', $value: 'a.example' })).toBe(undefined);
    expect(host('https://a.example/', { $tag: 'secret', $value: 'a.example' })).toBe(other);
    expect(host('https://a.example/', { $tag: 'literal', $value: 7 })).toBe(other);
    const secret = { $tag: 'secret', $value: { alias: 'a', version: 1 } };
    const asked = { ...get, headers: { authorization: secret } };
    expect(denied(http, {}, 'http.request', asked)).toBe(undefined);
  });

  test('name another method or path only where that is not constrained', () => {
    for (const name of ['X-HTTP-Method', 'x-http-method-override', 'X-Method-Override']) {
      const asked = { ...get, headers: { [name]: 'PUT' } };
      expect(denied(http, {}, 'http.request', asked)).toBe(undefined);
      expect(denied(http, { methods: ['GET'] }, 'http.request', asked)).toBe(
        `header-not-allowed params/headers/${name}`,
      );
    }
  });
});

describe('the parameters of a grant', () => {
  test('are whole when every field was read, in its form', () => {
    const whole = (fields: Fields, read: (params: CapParams) => unknown) => {
      const params = paramsOf(fields);
      return [read(params), params.isWhole()];
    };
    expect(whole({ a: ['x'] }, (p) => p.texts('a'))).toEqual([new Set(['x']), true]);
    expect(whole({ a: [] }, (p) => p.texts('a'))).toEqual([undefined, true]);
    expect(whole({ a: null }, (p) => p.texts('a'))).toEqual([undefined, true]);
    expect(whole({ a: 'x' }, (p) => p.texts('a'))).toEqual([undefined, false]);
    expect(whole({ a: ['x', 7] }, (p) => p.texts('a'))).toEqual([undefined, false]);
    expect(whole({ a: ['x'], b: 1 }, (p) => p.texts('a'))).toEqual([new Set(['x']), false]);
    expect(whole({}, (p) => p.texts('a'))).toEqual([undefined, true]);
    expect(whole({ a: [0, 7] }, (p) => p.nats('a'))).toEqual([new Set([0, 7]), true]);
    expect(whole({ a: [-1] }, (p) => p.nats('a'))).toEqual([undefined, false]);
    expect(whole({ a: ['7'] }, (p) => p.nats('a'))).toEqual([undefined, false]);
    expect(whole({ a: 0 }, (p) => p.nat('a'))).toEqual([0, true]);
    expect(whole({ a: -1 }, (p) => p.nat('a'))).toEqual([undefined, false]);
    expect(whole({ a: 0n }, (p) => p.nat('a'))).toEqual([0n, true]);
    expect(whole({ a: -1n }, (p) => p.nat('a'))).toEqual([undefined, false]);
    expect(whole({ a: '1' }, (p) => p.nat('a'))).toEqual([undefined, false]);
    expect(whole({ a: null }, (p) => p.nat('a'))).toEqual([undefined, true]);
    expect(whole({ a: '1.50' }, (p) => p.dec128('a'))).toEqual(['1.5', true]);
    expect(whole({ a: 'x' }, (p) => p.dec128('a'))).toEqual([undefined, false]);
    expect(whole({ a: 1 }, (p) => p.dec128('a'))).toEqual([undefined, false]);
    expect(whole({ a: null }, (p) => p.dec128('a'))).toEqual([undefined, true]);
    expect(whole({ a: 1 }, (p) => p.has('a'))).toEqual([true, false]);
  });

  test('are told as far as one reads', () => {
    expect(nameValues(new Set([1, 2, 3, 4, 5]))).toBe('1, 2, 3, 4, 5');
    expect(nameValues(new Set(['a', 'b', 'c', 'd', 'e', 'f']))).toBe('a, b, c, d, e, …');
  });
});

/** Requests beyond what is granted, each with the least change that makes it legitimate. */
import { sha256, utf8 } from '@aos/canon';
import { hashText } from '../range.js';
import type { Cap, Kind } from '../shooting-world.js';
import { ADDRESSES, URLS } from './urls.js';

export interface Request {
  readonly kind: Kind;
  readonly cap: Cap | 'unbound';
  readonly params: unknown;
  /** For reducers only. */
  readonly key?: Uint8Array;
}

export type Who = 'plan' | 'reducer';

export interface Attempt {
  readonly attempt: string;
  readonly code: string;
  readonly request: Request;
  readonly twin: Request;
  /** Everybody where nothing is said. */
  readonly by?: Who;
  /** Its URL says it all: who asks makes no difference, and two of them are enough. */
  readonly isUrl?: true;
  /** What uses up a budget or a rate; of each entry point another one. */
  readonly before?: Request;
}

const PAY = { kind: 'pay', cap: 'pay', params: { n: 1 } } as const;
const pay = (cap: Cap | 'unbound', n = 1): Request => ({ kind: 'pay', cap, params: { n } });

const literal = (value: string) => ({ $tag: 'literal', $value: value });
const secret = (alias: string) => ({ $tag: 'secret', $value: { alias: `x/${alias}`, version: 1 } });
const HTTP = {
  method: 'GET',
  url: 'https://api.example/v1',
  headers: {},
  body_ref: null,
  ...{ max_redirects: null, max_body_bytes: null, truncate: null, timeout_ns: null },
};
const web = (more: object, cap: Cap = 'web'): Request => {
  return { kind: 'http.request', cap, params: { ...HTTP, ...more } };
};
const url = (text: string, cap: Cap = 'web') => web({ url: text }, cap);

const LLM = {
  ...{ provider: 'p', model: 'm', temperature: null, max_tokens: 10, max_cost_cents: null },
  ...{ messages: [], tools: null, tool_choice: null, output: null, options: null },
  ...{ stream: null, timeout_ns: null, api_key: null },
};
const llm = (more: object, cap: Cap = 'llm'): Request => {
  return { kind: 'llm.generate', cap, params: { ...LLM, ...more } };
};
const tool = (name: string) => ({ name, description: '', parameters: '{}' });

const BLOB = { namespace: 'mine', blob_ref: hashText('blob'), from: 0, size: 1 };
const VAULT = {
  ...{ alias: 'mine', binding_id: 'env:MINE' },
  ...{ sealed_ref: hashText('sealed'), expected_digest: null },
};
const SOURCE = { language: 'typescript', name: 'x', files: new Map(), types: null };
const FILE = { workspace: 'notes', root: null, path: 'notes/open/a', from: null, size: null };
const file = (more: object): Request => {
  return { kind: 'workspace.read', cap: 'files', params: { ...FILE, ...more } };
};
const WHY = {
  reducer: 'x/Puppet@1',
  key: null,
  intent: null,
  place: null,
  forward: false,
  limit: 1,
};
const whyOf = (more: object): Request => {
  return { kind: 'introspect.why', cap: 'query', params: { ...WHY, ...more } };
};
const vaultOf = (more: object): Request => {
  return { kind: 'vault.put', cap: 'secret', params: { ...VAULT, ...more } };
};
const to = (kind: Kind, cap: Cap, params: unknown): Request => ({ kind, cap, params });

const key = (name: string) => sha256(utf8(name));

export const ATTEMPTS: readonly Attempt[] = [
  // without a grant
  {
    attempt: 'names a slot that no grant is bound to',
    code: 'slot-unbound',
    request: pay('unbound'),
    twin: PAY,
    by: 'reducer',
  },
  {
    attempt: 'uses a grant of another type',
    code: 'grant-type-mismatch',
    request: { ...PAY, cap: 'open' },
    twin: PAY,
    by: 'reducer',
  },
  {
    attempt: 'asks for what only plans may',
    code: 'effect-origin-scope',
    request: { ...PAY, kind: 'for.plans' },
    twin: PAY,
    by: 'reducer',
  },
  {
    attempt: 'gives parameters of another type',
    code: 'effect-params-invalid',
    request: { ...PAY, params: { n: 'one' } },
    twin: PAY,
    by: 'reducer',
  },
  {
    attempt: 'gives one field more',
    code: 'effect-params-invalid',
    request: { ...PAY, params: { n: 1, more: 1 } },
    twin: PAY,
    by: 'reducer',
  },
  {
    attempt: 'gives a key of another length',
    code: 'idempotency-key-invalid',
    request: { ...PAY, key: new Uint8Array(31) },
    twin: { ...PAY, key: key('whole') },
    by: 'reducer',
  },
  // by policy
  {
    attempt: 'is denied by a rule, though a later one allows',
    code: 'policy-denied',
    request: pay('banned'),
    twin: pay('other'),
  },
  {
    attempt: 'asks for a kind that no rule is about',
    code: 'policy-no-rule',
    request: { ...PAY, kind: 'quiet' },
    twin: PAY,
    by: 'plan',
  },
  {
    attempt: 'asks more often than the rule lets it',
    code: 'rate-limited',
    request: pay('slow', 2),
    before: pay('slow'),
    twin: pay('other'),
  },
  // after a grant
  {
    attempt: 'uses a grant that has expired',
    code: 'grant-expired',
    request: pay('late'),
    twin: pay('pay'),
  },
  {
    attempt: 'uses a delegation of a grant that has expired',
    code: 'grant-expired',
    request: pay('lateChild'),
    twin: pay('pay'),
  },
  {
    attempt: 'has used up its budget',
    code: 'budget-exhausted',
    request: pay('poor', 2),
    before: pay('poor'),
    twin: pay('pay'),
  },
  {
    attempt: 'has its budget used up by who delegated it',
    code: 'budget-exhausted',
    request: pay('underPurse'),
    before: pay('purse'),
    twin: pay('pay'),
  },
  // beyond what an enforcer of the world lets through
  {
    attempt: 'is denied by an enforcer',
    code: 'not-today',
    request: pay('denying'),
    twin: pay('pay'),
  },
  {
    attempt: 'meets an enforcer that traps',
    code: 'enforcer-error',
    request: pay('trapping'),
    twin: pay('pay'),
  },
  {
    attempt: 'meets an enforcer that answers nonsense',
    code: 'enforcer-error',
    request: pay('babbling'),
    twin: pay('pay'),
  },
  // HTTP
  ...URLS.map(([attempt, text, code]) => ({
    attempt: `asks ${attempt}`,
    isUrl: true as const,
    code,
    request: url(text),
    twin: url('https://api.example/v1/x'),
  })),
  ...ADDRESSES.map((text) => ({
    attempt: `asks ${text}`,
    isUrl: true as const,
    code: 'address-not-allowed',
    request: url(text, 'open'),
    twin: url('http://10.1.9.9/', 'open'),
  })),
  {
    attempt: 'uses a method that is not granted',
    code: 'method-not-allowed',
    request: web({ method: 'POST' }),
    twin: web({ method: 'get' }),
  },
  {
    attempt: 'hides another method in a header',
    code: 'header-not-allowed',
    request: web({ headers: { 'X-HTTP-Method-Override': literal('DELETE') } }),
    twin: web({ headers: { 'x-other': literal('DELETE') } }),
  },
  {
    attempt: 'hides another path in a header',
    code: 'header-not-allowed',
    request: web({ headers: { 'X-Original-URL': literal('/admin') } }),
    twin: web({ headers: { 'x-other': literal('/admin') } }),
  },
  {
    attempt: 'names another host in a header',
    code: 'header-not-allowed',
    request: web({ headers: { Host: literal('evil.example') } }),
    twin: web({ headers: { Host: literal('api.example') } }),
  },
  {
    attempt: 'ends a header early',
    code: 'effect-params-invalid',
    request: web({ headers: { a: literal('b\r\nhost: evil.example') } }),
    twin: web({ headers: { a: literal('b') } }),
  },
  {
    attempt: 'begins a line in the name of a header',
    code: 'effect-params-invalid',
    request: web({ headers: { 'a\r\nhost': literal('evil.example') } }),
    twin: web({ headers: { a: literal('evil.example') } }),
  },
  {
    attempt: 'gives the method of another in its own',
    code: 'effect-params-invalid',
    request: web({ method: 'GET /admin HTTP/1.1' }),
    twin: web({}),
  },
  {
    attempt: 'names another host in letters of its own',
    code: 'header-not-allowed',
    request: web({ headers: { hOsT: literal('evil.example') } }),
    twin: web({ headers: { hOsT: literal('API.example') } }),
  },
  {
    attempt: 'refers to a secret of another grant',
    code: 'secret-cap-denied',
    request: web({ headers: { authorization: secret('clean') } }),
    twin: web({ headers: { authorization: secret('clean') } }, 'clean'),
  },
  {
    attempt: 'refers to a secret that is not declared',
    code: 'secret-unknown',
    request: web({ headers: { authorization: secret('none') } }),
    twin: web({ headers: { authorization: literal('none') } }),
  },
  {
    attempt: 'refers to a secret for plans',
    code: 'secret-plan-denied',
    request: web({ headers: { authorization: secret('plans') } }),
    twin: web({ headers: { authorization: literal('plans') } }),
    by: 'reducer',
  },
  // language models
  {
    attempt: 'asks another provider',
    code: 'provider-not-allowed',
    request: llm({ provider: 'q' }),
    twin: llm({}),
  },
  {
    attempt: 'asks another model',
    code: 'model-not-allowed',
    request: llm({ model: 'm2' }),
    twin: llm({}),
  },
  {
    attempt: 'asks the model in other letters',
    code: 'model-not-allowed',
    request: llm({ model: 'M' }),
    twin: llm({}),
  },
  {
    attempt: 'asks a model whose name begins so',
    code: 'model-not-allowed',
    request: llm({ model: 'm*' }),
    twin: llm({}),
  },
  {
    attempt: 'asks for more tokens than granted',
    code: 'max-tokens-exceeded',
    request: llm({ max_tokens: 11 }),
    twin: llm({}),
  },
  {
    attempt: 'offers a tool that is not granted',
    code: 'tool-not-allowed',
    request: llm({ tools: [tool('t'), tool('u')] }),
    twin: llm({ tools: [tool('t')] }),
  },
  {
    attempt: 'asks for more tokens than are left',
    code: 'budget-exhausted',
    request: llm({ max_tokens: 6, max_cost_cents: 0 }, 'rich'),
    twin: llm({}),
  },
  {
    attempt: 'does not say what it costs at most',
    code: 'budget-cost-unbounded',
    request: llm({ max_tokens: 1 }, 'rich'),
    twin: llm({}),
  },
  // blobs, vaults, compilers, files, questions
  {
    attempt: 'reads under another namespace',
    code: 'namespace-not-allowed',
    request: to('blob.read', 'blob', { ...BLOB, namespace: 'theirs' }),
    twin: to('blob.read', 'blob', BLOB),
  },
  {
    attempt: 'reads under a namespace that begins so',
    code: 'namespace-not-allowed',
    request: to('blob.read', 'blob', { ...BLOB, namespace: 'mine/other' }),
    twin: to('blob.read', 'blob', BLOB),
  },
  {
    attempt: 'puts a secret under another alias',
    code: 'alias-not-allowed',
    request: vaultOf({ alias: 'theirs' }),
    twin: vaultOf({}),
  },
  {
    attempt: 'puts a secret under another binding',
    code: 'binding-not-allowed',
    request: vaultOf({ binding_id: 'env:HOME' }),
    twin: vaultOf({}),
  },
  {
    attempt: 'compiles another language',
    code: 'language-not-allowed',
    request: to('compile.reducer', 'compile', { ...SOURCE, language: 'rust' }),
    twin: to('compile.reducer', 'compile', SOURCE),
  },
  {
    attempt: 'reads another workspace',
    code: 'workspace-not-allowed',
    request: file({ workspace: 'diary' }),
    twin: file({}),
    by: 'plan',
  },
  {
    attempt: 'reads beside the prefix',
    code: 'path-not-allowed',
    request: file({ path: 'notes/opener' }),
    twin: file({}),
    by: 'plan',
  },
  {
    attempt: 'reads above the prefix',
    code: 'path-not-allowed',
    request: file({ path: 'notes/open/../closed' }),
    twin: file({}),
    by: 'plan',
  },
  {
    attempt: 'reads states of reducers through a mount',
    code: 'workspace-not-allowed',
    request: file({ workspace: '/mem', path: 'notes/open' }),
    twin: file({}),
    by: 'plan',
  },
  {
    attempt: 'reads through a mount under a grant of everything',
    code: 'workspace-not-allowed',
    request: { kind: 'workspace.read', cap: 'all', params: { ...FILE, workspace: '/policy' } },
    twin: { kind: 'workspace.read', cap: 'all', params: FILE },
    by: 'plan',
  },
  {
    attempt: 'writes where it may read',
    code: 'operation-not-allowed',
    request: {
      kind: 'workspace.write',
      cap: 'files',
      params: {
        workspace: 'notes',
        root: null,
        path: 'notes/open/a',
        content: { $tag: 'text', $value: 'x' },
        executable: null,
      },
    },
    twin: file({}),
    by: 'plan',
  },
  {
    attempt: 'asks about another reducer',
    code: 'reducer-not-allowed',
    request: whyOf({ reducer: 'x/Cell@1' }),
    twin: whyOf({}),
    by: 'plan',
  },
  {
    attempt: 'asks about a record instead of its reducer',
    code: 'effect-params-invalid',
    request: whyOf({ reducer: null, place: '0' }),
    twin: whyOf({}),
    by: 'plan',
  },
  {
    attempt: 'asks what it may not ask',
    code: 'kind-not-allowed',
    request: to('introspect.decisions', 'query', {
      effect: null,
      outcome: null,
      before: null,
      limit: 1,
    }),
    twin: whyOf({}),
    by: 'plan',
  },
];

/**
 * How the narrowest parameters of a built-in capability follow from what is asked of it.
 *
 * Only what stands in the plan can be narrowed to: a URL that is computed could lead anywhere, so
 * nothing is generated for it.
 */
import { AuthorError } from '../author-error.js';
import type { AnyCap } from '../authority.js';
import { isTyped } from '../expr/expr.js';
import { caps } from '../sys.js';

export interface Narrowing {
  readonly cap: AnyCap;
  /** Parameters of the grant from those of all uses. Throws `author-grant-open`. */
  narrow(uses: readonly unknown[], at: string): { readonly [field: string]: unknown };
}

type Fields = { readonly [field: string]: unknown };

const URL = /^(https?):\/\/(?:[^/?#@]*@)?([^/:?#[\]]+)(?::(\d{1,5}))?(\/[^?#]*)?(?:[?#].*)?$/i;

const DEFAULT_PORTS: { readonly [scheme: string]: number } = { http: 80, https: 443 };

function narrowHttp(uses: readonly unknown[], at: string): Fields {
  const urls = uses.map((use) => {
    const url = textOf(use, 'url', at);
    const [, scheme = '', host = '', port, path = '/'] = URL.exec(url) ?? [];
    if (host === '') throw open(at, `the URL '${url}' has no host to narrow to`);
    const lower = scheme.toLowerCase();
    return {
      scheme: lower,
      host: host.toLowerCase(),
      path,
      port: Number(port ?? DEFAULT_PORTS[lower]),
    };
  });
  return {
    hosts: distinct(urls.map(({ host }) => host)),
    schemes: distinct(urls.map(({ scheme }) => scheme)),
    methods: distinct(uses.map((use) => textOf(use, 'method', at).toUpperCase())),
    ports: distinct(urls.map(({ port }) => port)),
    path_prefixes: distinct(urls.map(({ path }) => path)),
  };
}

function narrowLlm(uses: readonly unknown[], at: string): Fields {
  const tools = distinct(uses.flatMap((use) => toolsOf(use, at)));
  const limits = uses.map((use) => numberOf(use, 'max_tokens', at));
  return {
    providers: distinct(uses.map((use) => textOf(use, 'provider', at))),
    models: distinct(uses.map((use) => textOf(use, 'model', at))),
    max_tokens: limits.reduce((a, b) => (BigInt(a) > BigInt(b) ? a : b)),
    // An empty set would allow every tool just as well; the language cannot say "none" here.
    ...(tools.length === 0 ? {} : { tools_allow: tools }),
  };
}

/** By type of capability. */
export const narrowing: ReadonlyMap<string, Narrowing> = new Map<string, Narrowing>([
  ['http.out', { cap: caps.httpOut, narrow: narrowHttp }],
  ['llm.basic', { cap: caps.llmBasic, narrow: narrowLlm }],
  ['timer', { cap: caps.timer, narrow: () => ({}) }],
  ['blob', { cap: caps.blob2, narrow: narrowTo('namespaces', 'namespace') }],
  ['secret', { cap: caps.secret, narrow: narrowSecret }],
]);

function narrowTo(field: string, from: string): Narrowing['narrow'] {
  return (uses, at) => ({ [field]: distinct(uses.map((use) => textOf(use, from, at))) });
}

function narrowSecret(uses: readonly unknown[], at: string): Fields {
  return {
    ...narrowTo('aliases', 'alias')(uses, at),
    ...narrowTo('binding_ids', 'binding_id')(uses, at),
  };
}

function fieldOf(use: unknown, field: string): unknown {
  return isTyped(use) ? undefined : (use as Fields)[field];
}

function textOf(use: unknown, field: string, at: string): string {
  const text = fieldOf(use, field);
  if (typeof text === 'string') return text;
  throw open(at, `'${field}' is computed, so nothing can be narrowed to it`);
}

function numberOf(use: unknown, field: string, at: string): number | bigint {
  const value = fieldOf(use, field);
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  throw open(at, `'${field}' is computed, so nothing can be narrowed to it`);
}

/** Tools are named, or are records with their names. */
function toolsOf(use: unknown, at: string): readonly string[] {
  const tools = fieldOf(use, 'tools') ?? [];
  const names = Array.isArray(tools) ? tools.map((tool) => toolName(tool)) : [undefined];
  if (names.every((name) => name !== undefined)) return names;
  throw open(at, `'tools' are computed, so nothing can be narrowed to them`);
}

function toolName(tool: unknown): string | undefined {
  const isRecord = typeof tool === 'object' && tool !== null && !isTyped(tool);
  const name = isRecord ? (tool as Fields).name : tool;
  return typeof name === 'string' ? name : undefined;
}

const distinct = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];

function open(at: string, why: string): AuthorError {
  return new AuthorError('author-grant-open', at, `${why}; pass a grant as 'grant'`);
}

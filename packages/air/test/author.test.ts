/** Authored worlds against the rest of the language: what comes out loads as it was meant. */
import { describe, expect, test } from 'vitest';
import {
  AuthorError,
  allow,
  definePlan,
  definePolicy,
  defineWorld,
  formatAir,
  generatePolicy,
  schema,
  sys,
  t,
} from '../src/author/index.js';
import { type AirDocument, hashDefinitions, loadAir, parseJson } from '../src/index.js';
import counter from './author-counter.js';
import world, { research } from './author-research.js';

function nodes(documents: readonly AirDocument[]): readonly { [field: string]: unknown }[] {
  return documents.flatMap(({ text }) => JSON.parse(text));
}

const manifest = (documents: readonly AirDocument[]) =>
  nodes(documents).find(({ $kind }) => $kind === 'manifest') as { [field: string]: never };

describe('a world with every kind of step', () => {
  test('loads', () => {
    const loaded = loadAir(world.toAir());
    expect(loaded.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(loaded.ok).toBe(true);
  });

  test('declares the features it uses', () => {
    expect(manifest(world.toAir()).features).toEqual([
      'effect-deadline',
      'effect-retry',
      'expressions-1.1',
      'grant-budget',
      'grant-parent',
      'migrations',
      'plan-cancel',
      'plan-spawn',
      'policy-approval',
      'policy-governance',
    ]);
  });

  test('gets the narrowest grant and rules for what it does', () => {
    const { defaults } = manifest(world.toAir()) as unknown as {
      defaults: { cap_grants: { name: string; params: unknown }[] };
    };
    const generated = defaults.cap_grants.find(({ name }) => name === 'research_llm_basic');
    expect(generated?.params).toEqual({
      record: {
        providers: { set: [{ text: 'acme' }] },
        models: { set: [{ text: 'small-1' }] },
        max_tokens: { nat: 512 },
        tools_allow: { null: {} },
      },
    });
    const policy = nodes(world.toAir()).find(({ $kind }) => $kind === 'defpolicy');
    const rules = policy?.rules as { decision: string; when: object }[];
    expect(rules.map(({ decision, when }) => [decision, ...Object.values(when)].join(' '))).toEqual(
      [
        'require_approval demo.search',
        'allow llm.generate research_llm_basic plan demo/research@1',
        'allow http.request web_few plan demo/fetch_page@1',
        'deny',
      ],
    );
  });
});

test('a generated grant for a model names tools that are described', () => {
  const input = schema('demo/In@1', t.record({}));
  const tool = { name: 'open', description: 'Opens.', parameters: '{}' };
  const model = { provider: 'acme', model: 'small-1', max_tokens: 9 };
  const plan = definePlan('demo/p@1', { input }, (plan) => {
    const messages = [{ role: { user: null }, parts: [{ text: 'x' }] }] as const;
    plan.call('new', sys.effects.llmGenerate2, { ...model, messages, tools: [tool] });
  });
  const air = defineWorld({ plans: [plan], effects: [sys.effects.llmGenerate2] }).toAir();
  const { defaults } = manifest(air) as unknown as {
    defaults: { cap_grants: { params: unknown }[] };
  };
  expect(defaults.cap_grants[0]?.params).toMatchObject({
    record: { tools_allow: { set: [{ text: 'open' }] } },
  });
});

describe('what comes out', () => {
  test('is the same text every time, in the one layout', () => {
    const [first, second] = [world.toAir(), world.toAir()];
    expect(first).toEqual(second);
    for (const { text } of first) {
      const json = parseJson(text);
      expect(json.ok && formatAir(json.value)).toBe(text);
    }
  });

  test('names what is built in and does not repeat it', () => {
    const names = nodes(world.toAir()).map(({ name }) => String(name));
    expect(names.filter((name) => name.startsWith('sys/'))).toEqual([]);
    expect(hashDefinitions(world.toAir()).manifest).toBeDefined();
  });

  test('is laid out for people', () => {
    expect(counter.toAir().find(({ path }) => path === 'module.air.json')?.text).toBe(`[
  {
    "$kind": "defmodule",
    "name": "demo/CounterSM@1",
    "module_kind": "reducer",
    "abi": {
      "reducer": {
        "state": "demo/CounterState@1",
        "event": "demo/CounterEvent@1"
      }
    }
  }
]
`);
  });
});

describe('building refuses', () => {
  const input = schema('demo/In@1', t.record({ url: t.text }));
  const codeOf = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      if (error instanceof AuthorError) return error.code;
      throw error;
    }
    return 'none';
  };

  test('two definitions of one name', () => {
    const schemas = [input, schema('demo/In@1', t.text)];
    expect(codeOf(() => defineWorld({ schemas }).toAir())).toBe('author-name-taken');
  });

  test('a built-in name for something else', () => {
    const schemas = [schema('sys/TimerSetParams@1', t.text)];
    expect(codeOf(() => defineWorld({ schemas }).toAir())).toBe('author-builtin');
  });

  test('a generated grant for what is computed', () => {
    const build = () =>
      definePlan('demo/p@1', { input }, (plan, { url }) => {
        plan.call('get', sys.effects.httpRequest, { method: 'GET', url, headers: {} });
      });
    expect(codeOf(build)).toBe('author-grant-open');
  });

  test('nothing when a literal URL says where it leads', () => {
    const plan = definePlan('demo/p@1', { input }, (plan) => {
      const url = 'https://Example.com:8443/a/b?c=d';
      plan.call('get', sys.effects.httpRequest, { method: 'get', url, headers: {} });
    });
    expect(plan.uses[0]?.grant.params).toEqual({
      hosts: ['example.com'],
      schemes: ['https'],
      methods: ['GET'],
      ports: [8443],
      path_prefixes: ['/a/b'],
    });
    const policy = generatePolicy('demo/policy@1', { plans: [plan] });
    expect(loadAir(defineWorld({ plans: [plan], policy }).toAir()).ok).toBe(true);
  });
});

test('a policy of one’s own stands beside the one in force', () => {
  const own = definePolicy('demo/own@1', [allow({ origin: research })]);
  const documents = defineWorld({ plans: [research], policies: [own] }).toAir();
  expect(manifest(documents).policies).toEqual([{ name: 'demo/own@1' }]);
});

import { type Encodable, encode } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import { ask, type GateBrief, gateOf, type Json, portsOf } from '../../test/gate-world.js';
import { checkAddress, checkGrant, checkPatch, checkRedirect } from './recheck.js';

const grant =
  (cap: string) =>
  (name: string, params: Json, more: { [field: string]: Json } = {}) =>
    ({ name, cap, params, ...more }) as Json;

const web = grant('sys/http.out@2');
const http = (url: string, cap = 'leaf') =>
  ask({ effect: 'http.request', cap, params: encode({ url, method: 'GET', headers: {} }) });

/** Two grants of HTTP, the one made from the other, and one of another kind. */
const worldOf = (root: Json, leaf: Json, more: { [field: string]: Json } = {}): GateBrief => ({
  caps: ['sys/http.out@2'],
  grants: [
    web('root', root),
    web('leaf', leaf, { parent: 'root', ...more }),
    grant('g/note@1')('note', {}),
  ],
});

describe('a redirect', () => {
  const brief = worldOf({ hosts: ['a.example'], max_redirects: 3 }, {});
  const denied = (request: ReturnType<typeof ask>, hops: number, world: GateBrief = brief) =>
    checkRedirect(gateOf(world), request, hops, portsOf());
  const codeOf = (url: string, hops: number) => denied(http(url), hops)?.code;

  test('may lead only to where the request could have gone itself', () => {
    expect(codeOf('https://a.example/moved', 1)).toBe(undefined);
    expect(codeOf('https://evil.example/', 1)).toBe('host-not-allowed');
    expect(codeOf('https://a.example@evil.example/', 1)).toBe('invalid-url');
    expect(codeOf('https://127.0.0.1/', 1)).toBe('address-not-allowed');
  });

  test('may not be followed by more than each grant of the chain allows', () => {
    expect(codeOf('https://a.example/', 3)).toBe(undefined);
    expect(denied(http('https://a.example/'), 4)).toMatchObject({
      code: 'redirects-exceeded',
      at: 'grant root params max_redirects',
    });
  });

  test('may be followed at will where no grant counts', () => {
    expect(denied(http('https://a.example/'), 99, worldOf({}, {}))).toBe(undefined);
    expect(denied(ask(), 99)).toBe(undefined);
  });

  test('is not followed once the grant is gone, or has expired', () => {
    const url = 'https://a.example/';
    expect(denied(http(url), 1, {})?.code).toBe('grant-not-found');
    expect(denied(http(url), 1, worldOf({}, {}, { expiry_ns: 1_000 }))?.code).toBe('grant-expired');
  });

  test('is not followed when it cannot be read', () => {
    const request = { ...http('https://a.example/'), params: encode({ url: 7 }) };
    expect(denied(request, 1)?.code).toBe('effect-params-invalid');
  });
});

describe('the grant of an effect that was let out', () => {
  const brief = worldOf({ hosts: ['a.example'] }, {});
  const denied = (request: ReturnType<typeof ask>, world: GateBrief = brief) =>
    checkGrant(gateOf(world), request, portsOf())?.code;
  const url = 'https://a.example/';

  test('lets it go on as long as it would let it out again', () => {
    expect(denied(http(url))).toBe(undefined);
    expect(denied(ask())).toBe(undefined);
    expect(denied(http('https://b.example/'))).toBe('host-not-allowed');
    expect(denied(http(url, 'gone'))).toBe('grant-not-found');
    expect(denied(http(url), worldOf({}, {}, { expiry_ns: 1_000 }))).toBe('grant-expired');
    expect(denied({ ...http(url), params: encode({}) })).toBe('effect-params-invalid');
  });

  test('is asked alone: policies, rates and budgets are not', () => {
    expect(denied(http(url), { ...brief, rules: null })).toBe(undefined);
    const none = worldOf({}, {}, { budget: { calls: 0 } });
    expect(denied(http(url), none)).toBe(undefined);
  });
});

describe('a patch that is proposed', () => {
  const govern = grant('sys/governance@1');
  const brief = {
    caps: ['sys/governance@1', 'sys/http.out@2'],
    grants: [
      govern('root', { namespaces: ['demo'] }),
      govern('leaf', { sections: ['plans'] }, { parent: 'root' }),
      web('web', {}),
    ],
  };
  const denied = (cap: string, sections: readonly string[], names: readonly string[]) =>
    checkPatch(gateOf(brief), cap, { sections: new Set(sections), names: new Set(names) });

  test('touches only what each grant of the chain lets it touch', () => {
    expect(denied('leaf', ['plans'], ['demo/a@1'])).toBe(undefined);
    expect(denied('leaf', ['modules'], ['demo/a@1'])).toMatchObject({
      code: 'section-not-allowed',
      at: 'grant leaf params sections',
    });
    expect(denied('leaf', ['plans'], ['core/a@1'])).toMatchObject({
      code: 'namespace-not-allowed',
      at: 'grant root params namespaces',
    });
    expect(denied('root', ['modules'], ['demo/a@1'])).toBe(undefined);
  });

  test('is no matter of grants that say nothing of patches', () => {
    expect(denied('web', ['modules'], ['core/a@1'])).toBe(undefined);
  });

  test('is denied without a grant', () => {
    expect(denied('gone', [], [])).toMatchObject({ code: 'grant-not-found', at: 'grant gone' });
  });
});

describe('an address that a name stands for', () => {
  const loopback = Uint8Array.of(127, 0, 0, 1);

  test('is reached only if each grant of the chain lets it be', () => {
    const local = { allow_private: ['127.0.0.0/8'] };
    const denied = (root: Json, leaf: Json) =>
      checkAddress(gateOf(worldOf(root, leaf)), 'leaf', loopback);
    expect(denied(local, local)).toBe(undefined);
    expect(denied({}, local)).toMatchObject({
      code: 'address-not-allowed',
      at: 'grant root params allow_private',
    });
    expect(denied(local, {})).toMatchObject({ at: 'grant leaf params allow_private' });
  });

  test('is no matter of grants that say nothing of addresses', () => {
    expect(checkAddress(gateOf(), 'note', loopback)).toBe(undefined);
    expect(checkAddress(gateOf(), 'gone', loopback)?.at).toBe('grant gone');
  });
});

describe('what is asked again', () => {
  test('is judged with the parameters as the schema has them', () => {
    const params = (value: Encodable) => ({ ...ask(), params: encode(value) });
    const gate = gateOf();
    expect(checkGrant(gate, params({ text: 'x' }), portsOf())).toBe(undefined);
    expect(checkGrant(gate, params({ text: 7 }), portsOf())?.at).toBe('params/text');
  });
});

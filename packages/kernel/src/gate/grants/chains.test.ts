import { encode } from '@aos/canon';
import { describe, expect, test } from 'vitest';
import {
  ask,
  emptyState,
  gateDefinition,
  type Json,
  outcomeOf,
  portsOf,
  verdictOf,
} from '../../../test/gate-world.js';
import { authorize } from '../authorize.js';
import { compileGate } from '../gate.js';
import { checkAddress, checkPatch } from '../recheck.js';
import { MAX_CHAIN } from './grants.js';

const HTTP = 'sys/http.out@2';
const web = (name: string, params: Json, parent?: string): Json => ({
  name,
  cap: HTTP,
  params,
  ...(parent === undefined ? {} : { parent }),
});
const request = (url: string, method = 'GET') =>
  ask({ effect: 'http.request', cap: 'leaf', params: encode({ url, method, headers: {} }) });

describe('a grant made from another one', () => {
  const grants = [
    web('root', { hosts: ['a.example', 'b.example'], methods: ['GET'] }),
    web('middle', { schemes: ['https'] }, 'root'),
    web('leaf', { hosts: ['b.example', 'c.example'] }, 'middle'),
  ];
  const verdict = (url: string, method?: string) =>
    verdictOf({ caps: [HTTP], grants }, request(url, method));

  test.each([
    ['what all of them allow', 'https://b.example/', 'GET', 'open', ''],
    ['not what it forbids itself', 'https://a.example/', 'GET', 'host-not-allowed', 'leaf'],
    ['not what its parent forbids', 'http://b.example/', 'GET', 'scheme-not-allowed', 'middle'],
    ['not what the first one forbids', 'https://c.example/', 'GET', 'host-not-allowed', 'root'],
    [
      'not what the first one alone speaks of',
      'https://b.example/',
      'PUT',
      'method-not-allowed',
      'root',
    ],
  ])('allows %s', (_, url, method, code, link) => {
    const found = verdict(url, method);
    expect(outcomeOf(found)).toBe(code);
    expect(found.kind === 'denied' ? found.at.split(' ')[1] : '').toBe(link);
  });

  test('has a hash of its own that changes with those above it', () => {
    const hashOf = (root: Json) => {
      const brief = { caps: [HTTP], grants: [root, ...grants.slice(1)] };
      return verdictOf(brief, request('https://b.example/')).decision.grantHash;
    };
    const same = web('root', { hosts: ['a.example', 'b.example'], methods: ['GET'] });
    expect(hashOf(same)).toEqual(hashOf(grants[0] as Json));
    expect(hashOf(web('root', { hosts: ['b.example'] }))).not.toEqual(hashOf(same));
  });

  test('is revoked with any of those that it was made from', () => {
    const definition = gateDefinition({ caps: [HTTP], grants });
    const left = new Map([...definition.grants].filter(([name]) => name !== 'root'));
    const gate = compileGate({ ...definition, grants: left });
    const asked = request('https://b.example/');
    const found = authorize(gate, emptyState(), asked, portsOf());
    expect(found).toMatchObject({ code: 'grant-revoked', at: 'grant leaf parent root' });
    // what it was made from is asked no more, so nothing that was let out goes on under it either
    expect(checkAddress(gate, 'leaf', Uint8Array.of(8, 8, 8, 8))?.code).toBe('grant-revoked');
    const nothing = { sections: new Set<string>(), names: new Set<string>() };
    expect(checkPatch(gate, 'leaf', nothing)?.code).toBe('grant-revoked');
    expect(found.decision.grantHash).not.toBe(null);
  });

  test('is denied when the way to the first one is too long', () => {
    const chain = (length: number) =>
      Array.from({ length }, (_, i) =>
        web(i === length - 1 ? 'leaf' : `g${i}`, {}, i === 0 ? undefined : `g${i - 1}`),
      );
    const of = (length: number) =>
      verdictOf({ caps: [HTTP], grants: chain(length) }, request('https://a.example/'));
    expect(of(MAX_CHAIN)).toMatchObject({ kind: 'open' });
    expect(of(MAX_CHAIN + 1)).toMatchObject({ code: 'grant-chain-depth', at: 'grant leaf' });
  });
});

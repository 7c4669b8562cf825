import type { Encodable, Value } from '@aos/canon';
import { decodePlain, encode } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import { CapParams } from './constraint.js';
import { checkPatchScope, readPatchScope, summarizePatch } from './patch-scope.js';

function summary(...patches: readonly Encodable[]) {
  const document = decodePlain(encode({ base_manifest_hash: 'sha256:00', patches }));
  if (!document.ok) throw new Error(document.refusal.detail);
  return summarizePatch(document.value as Value, base as never);
}

const grantNamed = (name: string) => ({ name, cap: 'sys/http.out@2', params: {} });
const base = {
  $kind: 'manifest',
  defaults: { policy: 'core/Rules@1', cap_grants: [grantNamed('http')] },
  module_bindings: { 'core/Main@1': { slots: { web: 'http' } } },
  routing: {
    events: [
      { event: 'core/In@1', reducer: 'core/Main@1' },
      { event: 'demo/In@1', reducer: 'demo/Side@1' },
    ],
    inboxes: [{ source: 'mail', reducer: 'core/Main@1' }],
  },
  triggers: [{ event: 'core/In@1', plan: 'core/work@1' }],
  secrets: [{ name: 'key@1', hash: 'x' }],
};

const addPlan = { add_def: { kind: 'defplan', node: { name: 'demo/fetch@1' } } };
const removeSchema = { remove_def: { kind: 'defschema', name: 'core/State@1', pre_hash: 'x' } };
const grants = { set_defaults: { cap_grants: [] } };
const refs = {
  set_manifest_refs: { add: [{ kind: 'defcap', name: 'sys/http.out@2', hash: 'x' }] },
};

const codeOf = (
  scope: { readonly sections?: readonly string[]; readonly namespaces?: readonly string[] },
  ...patches: readonly Encodable[]
) => {
  const setOf = (list?: readonly string[]) => (list === undefined ? undefined : new Set(list));
  const limits = { sections: setOf(scope.sections), namespaces: setOf(scope.namespaces) };
  return checkPatchScope(limits, summary(...patches), 'g')?.code;
};

describe('what a grant lets a patch touch', () => {
  it('is everything where it names nothing', () => {
    expect(codeOf({}, addPlan, removeSchema, grants, refs)).toBeUndefined();
  });

  it('is the sections that it names, whatever the operation', () => {
    expect(codeOf({ sections: ['plans'] }, addPlan)).toBeUndefined();
    expect(codeOf({ sections: ['plans'] }, addPlan, removeSchema)).toBe('section-not-allowed');
    expect(codeOf({ sections: ['plans'] }, grants)).toBe('section-not-allowed');
    expect(codeOf({ sections: ['plans'] }, refs)).toBe('section-not-allowed');
    expect(codeOf({ sections: ['caps', 'defaults'] }, grants, refs)).toBeUndefined();
  });

  it('is the namespaces that it names, which end at the slash', () => {
    expect(codeOf({ namespaces: ['demo'] }, addPlan)).toBeUndefined();
    expect(codeOf({ namespaces: ['dem'] }, addPlan)).toBe('namespace-not-allowed');
    expect(codeOf({ namespaces: ['demo'] }, addPlan, removeSchema)).toBe('namespace-not-allowed');
    expect(codeOf({ namespaces: ['demo'] }, refs)).toBe('namespace-not-allowed');
  });

  it('is rows of those namespaces alone: rows that stay as they are count for nothing', () => {
    const { events, inboxes } = base.routing;
    const { module_bindings: bindings, triggers, secrets, defaults } = base;
    const demo = { namespaces: ['demo'] };
    const route = { event: 'demo/In@1', reducer: 'demo/More@1' };
    for (const op of [
      { set_routing_events: { events: [...events, route] } },
      { set_routing_events: { events: events.slice(0, 1) } },
      { set_routing_inboxes: { inboxes } },
      { set_triggers: { triggers: [...triggers, { event: 'demo/In@1', plan: 'demo/new@1' }] } },
      { set_module_bindings: { bindings } },
      { set_secrets: { secrets } },
      { set_defaults: { ...defaults } },
      { set_defaults: { cap_grants: [...defaults.cap_grants, grantNamed('demo/http')] } },
      { set_features: { features: [] } },
    ]) {
      const isGrant = 'set_defaults' in op && op.set_defaults.cap_grants.length > 1;
      const namespaces = isGrant ? ['demo', 'sys'] : demo.namespaces;
      expect(codeOf({ namespaces }, op), JSON.stringify(op)).toBeUndefined();
    }
    for (const op of [
      { set_routing_events: { events: [...events].reverse() } },
      { set_routing_events: { events: events.slice(1) } },
      { set_routing_events: { events: [...events, { ...route, event: 'core/In@1' }] } },
      { set_routing_events: { events: [...events, { ...route, reducer: 'core/Main@1' }] } },
      { set_routing_inboxes: { inboxes: [] } },
      { set_triggers: { triggers: [{ event: 'core/In@1', plan: 'demo/new@1' }, ...triggers] } },
      { set_module_bindings: { bindings: {} } },
      {
        set_module_bindings: { bindings: { ...bindings, 'demo/Side@1': { slots: { w: 'http' } } } },
      },
      { set_module_bindings: { bindings: { 'core/Main@1': { slots: { web: 'demo/http' } } } } },
      { set_module_bindings: { bindings: { 'core/Main@1': { slots: { other: 'http' } } } } },
      { set_secrets: { secrets: [] } },
      { set_defaults: { policy: 'demo/AllowAll@1' } },
      { set_defaults: { policy: null } },
      { set_defaults: { cap_grants: [] } },
      { set_defaults: { cap_grants: [...defaults.cap_grants, grantNamed('anywhere')] } },
      { set_defaults: { cap_grants: [{ ...grantNamed('http'), budget: { calls: 9 } }] } },
    ]) {
      expect(codeOf(demo, op), JSON.stringify(op)).toBe('namespace-not-allowed');
    }
  });

  it('counts definitions that are replaced, and references that are removed', () => {
    const replaced = {
      replace_def: { kind: 'defplan', name: 'core/a@1', new_node: { name: 'demo/b@1' } },
    };
    const removed = {
      set_manifest_refs: { remove: [{ kind: 'defeffect', name: 'core/e@1' }, 'no row'] },
    };
    expect(summary(replaced)).toEqual({
      sections: new Set(['plans']),
      names: new Set(['core/a@1', 'demo/b@1']),
    });
    expect(summary(removed)).toEqual({
      sections: new Set(['effects']),
      names: new Set(['core/e@1']),
    });
  });

  it('takes a name without a namespace for one of no namespace', () => {
    const named = (name: string) => ({ add_def: { kind: 'defplan', node: { name } } });
    expect(codeOf({ namespaces: ['dem'] }, named('demo'))).toBe('namespace-not-allowed');
    expect(codeOf({ namespaces: [''] }, named('/demo'))).toBe('namespace-not-allowed');
  });

  it('finds nothing in what is no patch', () => {
    const nothing = { sections: new Set(), names: new Set() };
    const op = new Map<Value, Value>([[7, new Map([['kind', 'defplan']])]]);
    for (const patches of [
      'none',
      [op],
      ['add_def'],
      [7, null],
      [new Map([['add_def', 'core/a@1']])],
    ]) {
      expect(summarizePatch(new Map<Value, Value>([['patches', patches]]), base as never)).toEqual(
        nothing,
      );
    }
    expect(summary({ preset_x: {} }).sections).toEqual(new Set(['preset_x']));
    expect(summary({ add_def: { kind: 'deffuture', node: { name: 'core/a@1' } } })).toEqual({
      sections: new Set(),
      names: new Set(['core/a@1']),
    });
  });

  it('compares rows with those of a base that has none', () => {
    const document = decodePlain(
      encode({
        patches: [
          { set_secrets: { secrets: [{ name: 'key@1' }] } },
          { set_module_bindings: { bindings: { 'core/Main@1': { slots: {} }, 'core/M@1': {} } } },
        ],
      }),
    );
    if (!document.ok) throw new Error(document.refusal.detail);
    expect(summarizePatch(document.value, { $kind: 'manifest' } as never)).toEqual({
      sections: new Set(['secrets', 'module_bindings']),
      names: new Set(['key@1', 'core/Main@1', 'core/M@1']),
    });
  });

  it('is told with the constraint that says no', () => {
    const limits = { sections: new Set(['plans']), namespaces: new Set(['demo']) };
    expect(checkPatchScope(limits, summary(grants), 'g')?.at).toBe('grant g params sections');
    const named = { ...addPlan.add_def, node: { name: 'core/fetch@1' } };
    expect(checkPatchScope(limits, summary({ add_def: named }), 'g')?.at).toBe(
      'grant g params namespaces',
    );
  });

  it('is read from the parameters of a grant', () => {
    const params = new CapParams(
      new Map<string, Value>([
        ['sections', ['plans']],
        ['namespaces', ['demo']],
      ]),
    );
    expect(readPatchScope(params)).toEqual({
      sections: new Set(['plans']),
      namespaces: new Set(['demo']),
    });
    expect(params.isWhole()).toBe(true);
  });

  it('is nothing where it names none', () => {
    expect(codeOf({ sections: [] }, grants)).toBe('section-not-allowed');
    expect(codeOf({ namespaces: [] }, addPlan)).toBe('namespace-not-allowed');
  });
});

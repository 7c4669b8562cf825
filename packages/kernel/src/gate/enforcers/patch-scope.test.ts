import type { Encodable, Value } from '@aos/canon';
import { decodePlain, encode } from '@aos/canon';
import { describe, expect, it } from 'vitest';
import { checkPatchScope, summarizePatch } from './patch-scope.js';

function summary(...patches: readonly Encodable[]) {
  const document = decodePlain(encode({ base_manifest_hash: 'sha256:00', patches }));
  if (!document.ok) throw new Error(document.refusal.detail);
  return summarizePatch(document.value as Value);
}

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

  it('is nothing where it names none', () => {
    expect(codeOf({ sections: [] }, grants)).toBe('section-not-allowed');
    expect(codeOf({ namespaces: [] }, addPlan)).toBe('namespace-not-allowed');
  });
});

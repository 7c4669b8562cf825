import { loadAir } from '@aos/air';
import { expect, it } from 'vitest';
import { compareAuthority } from './authority.js';

type Rules = readonly { readonly verb: string; readonly role: string; readonly count: number }[];

function ruled(governance: Rules) {
  const more = governance.length === 0 ? {} : { governance };
  const nodes = [
    { $kind: 'defpolicy', name: 't/rules@1', rules: [], ...more },
    {
      ...{ $kind: 'manifest', air_version: '1', policies: [{ name: 't/rules@1' }] },
      ...{ schemas: [], modules: [], plans: [], caps: [], effects: [] },
      ...(governance.length === 0 ? {} : { features: ['policy-governance'] }),
      defaults: { policy: 't/rules@1' },
    },
  ];
  const loaded = loadAir([{ path: 'air/t.json', text: JSON.stringify(nodes) }]);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings));
  return loaded.world;
}

const rowsOf = (base: Rules, candidate: Rules) =>
  compareAuthority(ruled(base), ruled(candidate)).map(
    ({ risk, name, change }) => `${risk} ${name} ${change}`,
  );

it('the first rule of a verb takes away what stood without one, the last gives it back', () => {
  const loose = [{ verb: 'apply', role: 'adapter', count: 1 }];
  const same = [{ verb: 'apply', role: 'operator', count: 1 }];
  expect(rowsOf([], loose)).toEqual(['wider apply removed', 'changed apply added']);
  expect(rowsOf(loose, [])).toEqual(['wider apply removed', 'changed apply added']);
  expect(rowsOf([], same)).toEqual([]);
});

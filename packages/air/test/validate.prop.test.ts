/** Laws of checking: it never throws, and says the same however the files are cut. */
import { toHashText } from '@aos/canon';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadAir, openDefinition } from '../src/index.js';
import { agencyNodes } from './agency-world.js';
import type { Json, Nodes } from './worlds.js';

type Parent = { [key: string]: Json };

/** Every place in the world: what holds it, and under which key. */
function placesOf(value: Json, into: [Parent, string][] = []): [Parent, string][] {
  if (typeof value !== 'object' || value === null) return into;
  for (const key of Object.keys(value)) {
    into.push([value as Parent, key]);
    placesOf((value as Parent)[key] as Json, into);
  }
  return into;
}

/** One place takes the value of another, or is removed: most of what people do wrong. */
function mutate(nodes: Nodes, at: number, from: number | undefined): void {
  const places = placesOf(nodes as unknown as Json);
  const [parent, key] = places[at % places.length] as [Parent, string];
  if (from === undefined) {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
    return;
  }
  const [other, otherKey] = places[from % places.length] as [Parent, string];
  parent[key] = structuredClone(other[otherKey]) as Json;
}

const mutation = fc.tuple(fc.nat(), fc.option(fc.nat(), { nil: undefined }));

const documentsOf = (nodes: Nodes) =>
  Object.entries(nodes).map(([path, list]) => ({ path, text: JSON.stringify(list) }));

test('a world with any of its parts exchanged is loaded or has an error', () => {
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
      const nodes = agencyNodes();
      for (const [at, from] of mutations) mutate(nodes, at, from);
      const outcome = loadAir(documentsOf(nodes));
      const errors = outcome.findings.filter(({ severity }) => severity === 'error');
      expect(outcome.ok).toBe(errors.length === 0);
      if (!outcome.ok) return;
      const { manifestHash, nodes: stored } = outcome.world;
      const opened = openDefinition(manifestHash, (hash) => stored.get(toHashText(hash)));
      expect(opened.ok ? 'opened' : opened.refusal).toBe('opened');
    }),
    { numRuns: 300 },
  );
});

test('findings do not depend on the order of definitions in the files', () => {
  fc.assert(
    fc.property(mutation, ([at, from]) => {
      const nodes = agencyNodes();
      mutate(nodes, at, from);
      const codes = (each: Nodes) =>
        loadAir(documentsOf(each))
          .findings.map(({ code, message }) => `${code} ${message}`)
          .sort();
      const lists = Object.entries(nodes);
      if (!lists.every(([, list]) => Array.isArray(list))) return;
      const turned = Object.fromEntries(
        lists.map(([path, list]) => [path, [...list].reverse()]).reverse(),
      ) as Nodes;
      expect(codes(turned).map(withoutPlace)).toEqual(codes(nodes).map(withoutPlace));
    }),
    { numRuns: 100 },
  );
});

/** Messages may name the place of another definition. */
function withoutPlace(finding: string): string {
  return finding.replace(/ at .*$/, '');
}

import { nameSome } from '../../values/node.js';
import { type Finding, pathOf, warning } from '../../world/finding.js';
import type { DefinitionIndex } from '../definition-index.js';

/** Plans that may spawn themselves, over any number of others: nothing but guards ends them. */
export function checkSpawns(index: DefinitionIndex): readonly Finding[] {
  const children = new Map(
    [...index.plans].map(([name, { value }]) => [name, childrenOf(value.steps, index)] as const),
  );
  const parents = inverse(children);
  const withoutLeaves = peel(children, parents);
  const circles = peel(restrict(parents, withoutLeaves), restrict(children, withoutLeaves));
  return [...circles].flatMap((name) => {
    const plan = index.plans.get(name);
    const onCircle = (children.get(name) ?? []).filter((child) => circles.has(child));
    if (plan === undefined || onCircle.length === 0) return [];
    const message = `${name} may spawn itself without end, through ${nameSome(onCircle)}`;
    return [warning('plan-spawn-cyclic', pathOf(plan), message, 'see that a guard ends it')];
  });
}

type Links = ReadonlyMap<string, readonly string[]>;

function childrenOf(
  steps: readonly { readonly op: string }[],
  index: DefinitionIndex,
): readonly string[] {
  const names = steps.flatMap((step) =>
    'plan' in step && typeof step.plan === 'string' ? [step.plan] : [],
  );
  return [...new Set(names)].filter((name) => index.plans.has(name));
}

function inverse(links: Links): Links {
  const found = new Map<string, string[]>([...links.keys()].map((name) => [name, []]));
  for (const [from, names] of links) for (const to of names) found.get(to)?.push(from);
  return found;
}

function restrict(links: Links, names: ReadonlySet<string>): Links {
  return new Map(
    [...names].map((name) => [name, (links.get(name) ?? []).filter((each) => names.has(each))]),
  );
}

/** What is left when names that lead to nothing are taken away, again and again. */
function peel(links: Links, back: Links): ReadonlySet<string> {
  const open = new Map([...links].map(([name, names]) => [name, names.length]));
  const gone = [...open].flatMap(([name, count]) => (count === 0 ? [name] : []));
  for (let i = 0; i < gone.length; i += 1) {
    for (const parent of back.get(gone[i] as string) ?? []) {
      const count = (open.get(parent) ?? 0) - 1;
      open.set(parent, count);
      if (count === 0) gone.push(parent);
    }
  }
  const taken = new Set(gone);
  return new Set([...links.keys()].filter((name) => !taken.has(name)));
}

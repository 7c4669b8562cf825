/** Definitions that give themselves more than there is to give: no world is made of them. */
import type { Attack, Met, Target } from '../../../src/attacks/attack.js';
import { FOLLOW_WORLD } from '../follow-world.js';
import { Range, refusalOf } from '../range.js';
import type { Json } from '../shooting-world.js';

type Node = Readonly<Record<string, unknown>>;
type Edit = (node: Node) => unknown;

/** Worlds are made of the definitions that are worlds. */
export class Foundry implements Target {
  readonly #worlds: Range[] = [];

  executed(): number {
    return this.#worlds.reduce((sum, world) => sum + world.executed(), 0);
  }

  async settle(): Promise<void> {
    for (const world of this.#worlds) await world.settle();
  }

  /** Makes a world, if there is one, and pays in it. */
  async pay(definitions: readonly Json[] = FOLLOW_WORLD): Promise<Met> {
    const refused = refusalOf(definitions);
    if (refused.length > 0) return refused;
    const range = new Range(definitions, { kinds: ['ask', 'pay'], counted: ['pay'] });
    this.#worlds.push(range);
    return range.event('x/Approved@1', { n: 1 });
  }

  async close(): Promise<boolean> {
    const closed: boolean[] = [];
    for (const world of this.#worlds) closed.push(await world.close());
    return closed.every(Boolean);
  }
}

const edited = (isMeant: (node: Node) => boolean, edit: Edit): readonly Json[] =>
  FOLLOW_WORLD.map((node) => (isMeant(node as Node) ? edit(node as Node) : node)) as never;

const named = (name: string) => (node: Node) => node.name === name;
const isManifest = (node: Node) => node.$kind === 'manifest';

const payer = (more: object): readonly Json[] =>
  edited(named('x/payer@1'), (node) => {
    const [step, ...rest] = node.steps as readonly object[];
    return { ...node, steps: [{ ...step, ...more }, ...rest] };
  });

const manifest = (edit: Edit): readonly Json[] => edited(isManifest, edit);
const defaults = (more: object): readonly Json[] =>
  manifest((node) => ({ ...node, defaults: { ...(node.defaults as object), ...more } }));
const grants = (...more: readonly object[]): readonly Json[] =>
  defaults({
    cap_grants: [
      { name: 'ask', cap: 'x/pay@1', params: {} },
      { name: 'pay', cap: 'x/pay@1', params: {} },
      ...more,
    ],
  });

const twin = (foundry: Foundry): Promise<Met> => foundry.pay();

const row = (attempt: string, code: string, of: readonly Json[]): Attack<Foundry> => ({
  attempt,
  code,
  act: (foundry) => foundry.pay(of),
  twin,
});

export const DEFINITIONS: readonly Attack<Foundry>[] = [
  row('names a grant that is not there', 'grant-not-found', payer({ cap: 'none' })),
  row('asks for a kind that is not there', 'effect-not-found', payer({ kind: 'rob' })),
  row('uses a grant of another type', 'grant-type-mismatch', [
    ...edited(named('x/payer@1'), (node) => {
      const [step, ...rest] = node.steps as readonly object[];
      return { ...node, steps: [{ ...step, cap: 'clock' }, ...rest] };
    }).filter((node) => !isManifest(node as Node)),
    ...grants({ name: 'clock', cap: 'sys/timer@1', params: {} }).filter((node) =>
      isManifest(node as Node),
    ),
  ]),
  row(
    'has no policy',
    'policy-missing',
    manifest((node) => {
      const { policy: _, ...rest } = node.defaults as { readonly policy: string };
      return { ...node, policies: [], defaults: rest };
    }).filter((node) => !named('x/policy@1')(node as Node)),
  ),
  row('has a policy that is not there', 'policy-not-found', defaults({ policy: 'x/none@1' })),
  row(
    'defines what only the catalogue does',
    'definition-missing',
    edited(named('x/pay@1'), (node) =>
      node.$kind === 'defcap' ? { ...node, name: 'sys/pay@1' } : node,
    ),
  ),
  row(
    'gives a grant parameters of another type',
    'grant-params-invalid',
    grants({ name: 'more', cap: 'x/pay@1', params: { says: 1 } }),
  ),
  row(
    'delegates what nobody granted',
    'grant-not-found',
    grants({ name: 'more', cap: 'x/pay@1', params: {}, parent: 'none' }),
  ),
  row(
    'has a reducer ask for what it does not declare',
    'grant-not-found',
    manifest((node) => ({
      ...node,
      module_bindings: { 'x/Puppet@1': { slots: { ask: 'ask', pay: 'none' } } },
    })),
  ),
];

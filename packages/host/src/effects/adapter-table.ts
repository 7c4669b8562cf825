/** Which adapter serves a kind, and which kinds a world needs one for. */
import { isAnsweredByKernel, type World } from '@aos/kernel';
import { type Adapter, AosFault } from '@aos/protocol';

/** By kind. Fault: `adapter-twice`. */
export function tableOf(adapters: readonly Adapter[]): ReadonlyMap<string, Adapter> {
  const table = new Map<string, Adapter>();
  for (const adapter of adapters) {
    for (const kind of adapter.kinds) {
      const other = table.get(kind);
      if (other !== undefined) throw twice(kind, other, adapter);
      table.set(kind, adapter);
    }
  }
  return table;
}

/** Fault `adapter-missing` for kinds that a world may ask or waits for, and nobody serves. */
export function assertServed(world: World, table: ReadonlyMap<string, Adapter>): void {
  const missing = [...kindsOf(world)].filter((kind) => !table.has(kind)).sort();
  if (missing.length === 0) return;
  const message =
    `no adapter serves ${missing.join(', ')}, which the world may ask for; give one to the host, ` +
    'or allow that adapters are missing: intents of these kinds then stay open';
  throw new AosFault('adapter-missing', message, { retry: 'never' });
}

/** Kinds that the reducers and plans of a world declare, and those of intents that are released. */
function kindsOf(world: World): Set<string> {
  const { reducers, plans } = world.program.definition;
  const kinds = new Set<string>();
  for (const { effectsEmitted } of reducers) for (const kind of effectsEmitted) kinds.add(kind);
  for (const { plan } of plans.values()) {
    for (const step of plan.steps) if (step.op === 'emit_effect') kinds.add(step.kind);
  }
  for (const kind of kinds) if (isAnsweredByKernel(kind)) kinds.delete(kind);
  for (const { effect, state } of world.intents.range())
    if (state === 'released') kinds.add(effect);
  return kinds;
}

function twice(kind: string, one: Adapter, other: Adapter): AosFault {
  const message = `the adapters ${one.id} and ${other.id} both serve ${kind}; leave one out`;
  return new AosFault('adapter-twice', message, { retry: 'never' });
}

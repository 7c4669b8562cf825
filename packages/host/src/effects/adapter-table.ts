/** Which adapter serves a kind, and which kinds a world needs one for. */
import { toHashText } from '@aos/canon';
import { isAnsweredByKernel, type World } from '@aos/kernel';
import { type Adapter, AosFault, checkWasiModule, type ObjectReader } from '@aos/protocol';
import { HOST_KINDS } from '../introspect/host-kinds.js';
import { programsOf } from '../world/programs.js';

/**
 * By kind: who says the kind, and for effects that the world brings programs for, who runs those.
 * Fault: `adapter-twice`.
 */
export function tableOf(
  adapters: readonly Adapter[],
  { program: { definition } }: World,
): ReadonlyMap<string, Adapter> {
  const table = new Map<string, Adapter>();
  for (const adapter of adapters) {
    for (const kind of adapter.kinds) {
      const other = table.get(kind);
      if (other !== undefined) throw twice(kind, other, adapter);
      table.set(kind, adapter);
    }
  }
  const [runner, other] = adapters.filter(({ implementations }) =>
    implementations?.includes('wasi'),
  );
  const programs = programsOf(definition);
  if (other !== undefined && runner !== undefined) throw twice('WASI programs', runner, other);
  for (const { kind } of programs) {
    // whoever else serves the kind does something else than the world says
    if (runner === undefined) table.delete(kind);
    else table.set(kind, runner);
  }
  return table;
}

/**
 * The programs that are served are there, and such as may run. Faults: `object-missing`, and the
 * codes of `checkWasiModule`.
 */
export function assertPrograms(
  { program: { definition } }: World,
  table: ReadonlyMap<string, Adapter>,
  readObject: ObjectReader,
): void {
  for (const { name, kind, hash } of programsOf(definition)) {
    if (!table.has(kind)) continue;
    const bytes = readObject(hash);
    if (bytes === undefined) {
      const message = `the program ${toHashText(hash)} of ${name} is not among the world's objects`;
      throw new AosFault('object-missing', `${message}; restore a copy`, { retry: 'never' });
    }
    const refusal = checkWasiModule(bytes);
    if (refusal === undefined) continue;
    throw new AosFault(refusal.code, `${name}: ${refusal.detail}`, { retry: 'never' });
  }
}

/** Kinds that a world may ask or waits for, and that neither these adapters nor the host serve. */
export function unservedKinds(world: World, adapters: readonly Adapter[]): readonly string[] {
  const missing = missingKinds(world, tableOf(adapters, world));
  return missing.filter((kind) => !HOST_KINDS.includes(kind));
}

function missingKinds(world: World, table: ReadonlyMap<string, Adapter>): readonly string[] {
  return [...kindsOf(world)].filter((kind) => !table.has(kind)).sort();
}

/** Fault `adapter-missing` for kinds that a world may ask or waits for, and nobody serves. */
export function assertServed(world: World, table: ReadonlyMap<string, Adapter>): void {
  const missing = missingKinds(world, table);
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

/**
 * Bringing a cell to the type that its reducer has now, when it is read.
 *
 * 1. The old cell stays until a call that read it is taken whole.
 * 2. Each migration is one call of its module, counted and charged as any other.
 */
import { assert, sha256 } from '@aos/canon';
import {
  ABI_VERSION,
  callLimitsOf,
  decodePureOutput,
  encodePureContext,
  encodePureInput,
} from '@aos/protocol';
import type { Cell } from '../cells/cell.js';
import { findPath, type Migration } from '../governance/migrations.js';
import type { ReducerProgram } from '../program/reducer-program.js';
import type { Run } from '../step/run.js';
import { ObjectsNeeded } from '../trie/objects-needed.js';

/** What migrations are called with, and what they cost. */
export type MigrationRun = Pick<Run, 'engine' | 'next' | 'seq' | 'stamp' | 'charge' | 'calls'>;

/**
 * The cell with its state in the present type, or undefined when a migration failed: a trap, its
 * fuel, or an output out of the schema. Throws ObjectsNeeded for code.
 */
export function migrateCell(
  run: MigrationRun,
  { definition: { name }, stateSchema }: ReducerProgram,
  cell: Cell,
): Cell | undefined {
  const path = findPath(run.next.program.migrations, { name, to: stateSchema }, cell.schema);
  assert(path !== undefined, 'applying has found a path for every type of state');
  let state: Uint8Array | undefined = cell.state;
  for (const migration of path) {
    state = callMigration(run, migration, state);
    if (state === undefined) return undefined;
  }
  return { ...cell, state, hash: sha256(state), schema: stateSchema, size: state.length };
}

function callMigration(
  run: MigrationRun,
  { module, wasmHash, context, schema }: Migration,
  input: Uint8Array,
): Uint8Array | undefined {
  if (!run.engine.has(wasmHash)) {
    throw new ObjectsNeeded([wasmHash], [{ name: module, hash: wasmHash, entry: 'run' }]);
  }
  const { manifestHash } = run.next.program.definition;
  const { logicalNowNs } = run.stamp;
  const ctx = encodePureContext({ logicalNowNs, journalHeight: run.seq, manifestHash, module });
  const envelope = { version: ABI_VERSION, input, ...(context ? { ctx } : {}) };
  const limits = callLimitsOf(run.next.runtime.limits);
  run.calls += 1;
  const outcome = run.engine.call(wasmHash, 'run', encodePureInput(envelope), limits);
  run.charge(outcome.fuel);
  if (outcome.kind === 'fault') return undefined;
  const output = decodePureOutput(outcome.output);
  const state = output.ok ? schema.normalizeCbor(output.value) : output;
  return state.ok ? state.value : undefined;
}

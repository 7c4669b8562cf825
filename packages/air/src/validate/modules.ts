/** Checks what reducers emit, and what their slots are bound to. */
import { receiptEventsOf } from '../builtins/receipt-events.js';
import type { DefReducerModule } from '../forms/module.js';
import { pointer } from '../json/value.js';
import { error, type Finding, pathOf, warning } from '../world/finding.js';
import { type Members, membersOf } from '../world/routing.js';
import type { DefinitionIndex, Placed } from './definition-index.js';

type Reducer = Placed<DefReducerModule>;

/** The slot of effects that name none. */
const DEFAULT_SLOT = 'default';

export function reducersOf(index: DefinitionIndex): readonly Reducer[] {
  return [...index.modules.keys()].flatMap((name) => index.reducer(name) ?? []);
}

export function checkReducers(index: DefinitionIndex): readonly Finding[] {
  return reducersOf(index).flatMap((reducer) => checkEmitted(reducer, index));
}

function checkEmitted(reducer: Reducer, index: DefinitionIndex): readonly Finding[] {
  const family = membersOf(reducer.value.abi.reducer.event, (name) => index.writtenType(name));
  return (reducer.value.abi.reducer.effects_emitted ?? []).flatMap((kind, i) => {
    const path = pathOf(reducer, `/abi/reducer/effects_emitted/${i}`);
    const effect = index.effectsByKind.get(kind)?.value;
    if (effect === undefined) return [index.missing('effect-not-found', path, kind)];
    if (effect.origin_scope === 'plan') {
      const message = `expected an effect for reducers, found ${kind}, which is for plans`;
      const hint = 'raise an event that starts a plan, and emit it there';
      return [error('effect-origin-scope', path, message, hint)];
    }
    if (typeof family === 'string') return [];
    const event = reducer.value.abi.reducer.event;
    return checkReceiptEvent({ kind, event, members: family, path });
  });
}

interface Emitted {
  readonly kind: string;
  /** The family of the reducer and its members. */
  readonly event: string;
  readonly members: Members;
  readonly path: string;
}

/** An effect of the catalogue that reducers wait for without an arm is surely a mistake. */
function checkReceiptEvent({ kind, event, members, path }: Emitted): readonly Finding[] {
  const fitting = receiptEventsOf(kind).map(({ schema }) => schema);
  if (fitting.some((schema) => members.has(schema))) return [];
  const [best = ''] = fitting;
  const message = `expected an event that carries the receipts of ${kind}, found no ${best}`;
  const hint = `add an arm {"ref":"${best}"} to ${event}`;
  const find = fitting.length > 1 ? error : warning;
  return [find('reducer-receipt-schema-missing', path, message, hint)];
}

export function checkBindings(index: DefinitionIndex): readonly Finding[] {
  const { manifest } = index;
  return Object.entries(manifest.value.module_bindings ?? {}).flatMap(([name, { slots }]) => {
    const path = pathOf(manifest, pointer('/module_bindings', name));
    const reducer = index.reducer(name);
    if (reducer === undefined) return [index.missing('reducer-not-found', path, name)];
    return Object.entries(slots).flatMap(([slot, grant]) =>
      checkSlot({ reducer, slot, grant, path: pointer(`${path}/slots`, slot) }, index),
    );
  });
}

interface Binding {
  readonly reducer: Reducer;
  readonly slot: string;
  readonly grant: string;
  readonly path: string;
}

function checkSlot(binding: Binding, index: DefinitionIndex): readonly Finding[] {
  const { reducer, slot, path } = binding;
  const declared = reducer.value.abi.reducer.cap_slots ?? {};
  const capType = declared[slot];
  const grant = index.grants.get(binding.grant);
  const findings: Finding[] = [];
  if (capType === undefined && slot !== DEFAULT_SLOT) {
    const message = `expected a slot of ${reducer.value.name}, found ${slot}`;
    const hint = index.hint(slot, Object.keys(declared), 'declare it in abi.reducer.cap_slots');
    findings.push(error('binding-unknown-slot', path, message, hint));
  }
  if (grant === undefined) findings.push(index.missing('grant-not-found', path, binding.grant));
  else if (capType !== undefined && grant.capType !== undefined && grant.capType !== capType) {
    const message = `expected a grant of the type ${capType}, found ${binding.grant}`;
    findings.push(error('slot-type-mismatch', path, `${message}, which is of ${grant.capType}`));
  }
  return findings;
}

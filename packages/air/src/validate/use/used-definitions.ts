/** Which definitions of a world something else in it leads to. */
import type { DefinitionKind } from '../../forms/names.js';
import type { PlanStep } from '../../forms/plan.js';
import type { JsonValue } from '../../json/value.js';
import { referencesOf } from '../../values/types.js';
import { abiSchemas } from '../../world/modules.js';
import type { DefinitionIndex } from '../definition-index.js';
import { secretReferences } from '../secrets/secret-references.js';

/** `kind name` of every definition that is used. */
export function usedDefinitions(index: DefinitionIndex): ReadonlySet<string> {
  const collecting = new Collecting(index);
  collecting.manifest();
  collecting.modules();
  collecting.plans();
  collecting.effects();
  collecting.schemas();
  return collecting.used;
}

class Collecting {
  readonly used = new Set<string>();

  constructor(private readonly index: DefinitionIndex) {}

  manifest(): void {
    const { defaults, routing, triggers } = this.index.manifest.value;
    this.use('defpolicy', defaults?.policy);
    for (const { cap, params } of defaults?.cap_grants ?? []) {
      this.use('defcap', cap);
      this.secrets(params);
    }
    for (const { event, reducer } of routing?.events ?? []) {
      this.use('defschema', event);
      this.use('defmodule', reducer);
    }
    for (const { reducer } of routing?.inboxes ?? []) this.use('defmodule', reducer);
    for (const { event } of triggers ?? []) this.use('defschema', event);
  }

  modules(): void {
    const { modules, caps, migrations } = this.index;
    for (const { value } of modules.values()) {
      for (const [, schema] of abiSchemas(value)) this.use('defschema', schema);
      if (value.module_kind !== 'reducer') continue;
      for (const kind of value.abi.reducer.effects_emitted ?? []) this.effect(kind);
    }
    for (const { value } of caps.values()) {
      this.use('defmodule', value.enforcer.module);
      for (const schema of referencesOf(value.schema)) this.use('defschema', schema);
    }
    for (const { value } of migrations.values()) {
      this.use('defmodule', value.module);
      this.use('defschema', value.from);
      this.use('defschema', value.to);
    }
  }

  plans(): void {
    for (const { value } of this.index.plans.values()) {
      this.use('defschema', value.input);
      this.use('defschema', value.output);
      for (const schema of Object.values(value.locals ?? {})) this.use('defschema', schema);
      for (const step of value.steps) this.step(step);
    }
  }

  /** Effects that a world brings with it keep their schemas in use even when nothing emits them. */
  effects(): void {
    for (const { value } of this.index.effects.values()) {
      this.use('defschema', value.params_schema);
      this.use('defschema', value.receipt_schema);
    }
  }

  /** What a schema in use refers to is in use. */
  schemas(): void {
    const { types } = this.index;
    for (const name of types.checked.names.toReversed()) {
      const type = this.used.has(`defschema ${name}`) ? this.index.writtenType(name) : undefined;
      if (type === undefined) continue;
      for (const inner of referencesOf(type)) this.use('defschema', inner);
    }
  }

  private step(step: PlanStep): void {
    if (step.op === 'raise_event' || step.op === 'await_event') this.use('defschema', step.event);
    if (step.op === 'emit_effect') {
      this.effect(step.kind);
      this.secrets(step.params);
    }
    if (step.op === 'assign') this.secrets(step.expr);
  }

  private effect(kind: string): void {
    this.use('defeffect', this.index.effectsByKind.get(kind)?.value.name);
  }

  private secrets(json: JsonValue): void {
    for (const { name } of secretReferences(json, 'everywhere')) this.use('defsecret', name);
  }

  private use(kind: DefinitionKind, name: string | undefined): void {
    if (name !== undefined) this.used.add(`${kind} ${name}`);
  }
}

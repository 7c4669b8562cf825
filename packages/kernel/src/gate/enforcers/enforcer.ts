/**
 * Enforcers: what checks the parameters of an effect against those of a grant.
 *
 * E1. The enforcers of the catalogue are native and spend nothing; every other one is a module of
 *     the world, called through the engine, and its fuel is charged whatever it says.
 * E2. An enforcer that fails in any way denies (`enforcer-error`).
 */
import type { GrantDefinition, WorldDefinition } from '@aos/air';
import { bytesEqual, type Hash, parseHashText, type Value, ZERO_HASH } from '@aos/canon';
import { type Charge, type Denial, NO_CHARGE } from '../decision.js';
import { EffectParams } from '../requests/effect-params.js';
import { CapParams, type Constraint, type ConstraintReader } from './constraint.js';
import { type HttpLimits, httpOut, readHttpLimits } from './http-out.js';
import { llmBasic } from './llm-basic.js';
import { type Asked, type ModuleEnforcer, runModule } from './module-enforcer.js';
import { blob, compile, governance, query, secret } from './named-things.js';
import { type PatchScope, readPatchScope } from './patch-scope.js';
import { workspace } from './workspace.js';

/** What an enforcer came to, and what that took. */
export interface Checked extends Charge {
  readonly denial: Denial | undefined;
}

export type Enforcer = Rechecked &
  (
    | { readonly kind: 'native'; readonly constraint: Constraint }
    | { readonly kind: 'module'; readonly module: ModuleEnforcer }
    /** Says the same to whatever is asked. */
    | { readonly kind: 'fixed'; readonly denial: Denial | undefined }
  );

/** What is asked again of what was let out. */
interface Rechecked {
  readonly http?: HttpLimits;
  readonly patch?: PatchScope;
}

const ALLOW_ALL: Enforcer = { kind: 'fixed', denial: undefined };

const ALLOW_ALL_MODULE = 'sys/CapAllowAll@1';

const HTTP_MODULE = 'sys/CapEnforceHttpOut@1';

const GOVERNANCE_MODULE = 'sys/CapEnforceGovernance@1';

const SPECIAL: ReadonlySet<string> = new Set([HTTP_MODULE, GOVERNANCE_MODULE]);

const NATIVE: ReadonlyMap<string, ConstraintReader> = new Map([
  ['sys/CapEnforceLlmBasic@1', llmBasic],
  ['sys/CapEnforceBlob@1', blob],
  ['sys/CapEnforceQuery@1', query],
  ['sys/CapEnforceSecret@1', secret],
  ['sys/CapEnforceCompile@1', compile],
  ['sys/CapEnforceWorkspace@1', workspace],
]);

/** The enforcer of one grant, with the grant's parameters read. */
export function compileEnforcer(
  name: string,
  granted: GrantDefinition,
  definition: WorldDefinition,
): Enforcer {
  const module = granted.cap.enforcer.module;
  if (module === ALLOW_ALL_MODULE) return ALLOW_ALL;
  const native = compileNative(module, granted.params);
  if (native !== undefined) {
    return native ?? { kind: 'fixed', denial: notUnderstood(name, granted) };
  }
  const found = definition.find('defmodule', module);
  const hash = codeOf(module, definition);
  const output = definition.schemas.get('sys/CapCheckOutput@1');
  if (found?.module_kind !== 'pure' || output === undefined || bytesEqual(hash, ZERO_HASH)) {
    return { kind: 'fixed', denial: unbound(name, module) };
  }
  const wantsContext = found.abi.pure.context !== undefined;
  const { cap, params } = granted;
  const enforcer = { name: module, hash, output, wantsContext };
  return { kind: 'module', module: { ...enforcer, grant: name, cap: cap.name, params } };
}

/** Undefined for a module that is not native, null for parameters that it does not understand. */
function compileNative(module: string, params: Uint8Array): Enforcer | null | undefined {
  const fields = new CapParams(fieldsOf(params));
  if (module === HTTP_MODULE) {
    const http = readHttpLimits(fields);
    return http === undefined ? null : { kind: 'native', constraint: httpOut(http), http };
  }
  if (module === GOVERNANCE_MODULE) return compileGovernance(fields);
  const read = NATIVE.get(module);
  if (read === undefined) return undefined;
  const constraint = read(fields);
  return constraint === undefined ? null : { kind: 'native', constraint };
}

/** The modules of a world that its grants are enforced by; without code they have the zero hash. */
export function enforcerModules(
  definition: WorldDefinition,
): readonly { readonly name: string; readonly hash: Hash }[] {
  const names = [...definition.grants.values()].map(({ cap }) => cap.enforcer.module);
  return [...new Set(names)].flatMap((name) => {
    if (name === ALLOW_ALL_MODULE || SPECIAL.has(name) || NATIVE.has(name)) return [];
    return [{ name, hash: codeOf(name, definition) }];
  });
}

/** The hash of the code of a module; the zero hash where there is none. */
function codeOf(module: string, definition: WorldDefinition): Hash {
  const hash = parseHashText(definition.find('defmodule', module)?.wasm_hash ?? '');
  return hash.ok ? hash.value : ZERO_HASH;
}

function compileGovernance(fields: CapParams): Enforcer | null {
  const kinds = fields.texts('kinds');
  const patch = readPatchScope(fields);
  if (!fields.isWhole()) return null;
  return { kind: 'native', constraint: governance(kinds), patch };
}

/** Asks one enforcer. */
export function runEnforcer(enforcer: Enforcer, grant: string, asked: Asked): Checked {
  switch (enforcer.kind) {
    case 'fixed':
      return { denial: enforcer.denial, ...NO_CHARGE };
    case 'native': {
      const { effect, params } = asked.subject;
      const checked = { kind: effect.kind, params };
      return { denial: enforcer.constraint(checked, grant), ...NO_CHARGE };
    }
    case 'module':
      return runModule(enforcer.module, asked);
  }
}

/** The fields of the canonical parameters of a grant. */
function fieldsOf(canonical: Uint8Array): ReadonlyMap<Value, Value> {
  return new EffectParams(canonical).fields();
}

function notUnderstood(name: string, { cap }: GrantDefinition): Denial {
  const { module } = cap.enforcer;
  const forms = module === HTTP_MODULE ? '; ranges of allow_private are as 10.0.0.0/8' : '';
  const advice = `give ${name} parameters that ${module} understands${forms}`;
  return { code: 'cap-params-invalid', at: `grant ${name} params`, advice };
}

function unbound(name: string, module: string): Denial {
  return { code: 'enforcer-error', at: `grant ${name} cap`, advice: `give the code of ${module}` };
}

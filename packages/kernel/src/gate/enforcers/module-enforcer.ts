/**
 * Enforcers that a world brings itself: pure modules from `sys/CapCheckInput@1` to
 * `sys/CapCheckOutput@1`.
 *
 * A trap and an output out of shape deny with `enforcer-error`; fuel is charged in each case. A
 * module that the engine does not have is asked for, as an answer without it would be one of this
 * machine only. A module says no with a code of its own, which enters the world if it has the form
 * of one; its message is for people and stays outside.
 */
import type { CompiledSchema } from '@aos/air';
import { encode, type Hash, type Value } from '@aos/canon';
import {
  ABI_VERSION,
  decodePureOutput,
  encodePureContext,
  encodePureInput,
  isReducerOrigin,
} from '@aos/protocol';
import { ObjectsNeeded } from '../../trie/objects-needed.js';
import type { Charge, Denial } from '../decision.js';
import type { GatePorts } from '../gate-ports.js';
import { EffectParams } from '../requests/effect-params.js';
import { originName, type Subject } from '../requests/subject.js';

/** One module on behalf of one grant. */
export interface ModuleEnforcer {
  readonly name: string;
  readonly hash: Hash;
  /** `sys/CapCheckOutput@1`. */
  readonly output: CompiledSchema;
  readonly wantsContext: boolean;
  readonly grant: string;
  /** Name of the capability. */
  readonly cap: string;
  /** Canonical parameters of the grant. */
  readonly params: Uint8Array;
}

/** A request on its way along a chain of enforcers. */
export interface Asked {
  readonly subject: Subject;
  readonly manifestHash: Hash;
  readonly ports: GatePorts;
}

/** Codes of modules: letters, digits, dots, hyphens and underscores, as the original has them. */
const MODULE_CODE = /^[a-z][a-z0-9._-]{0,63}$/;

/** Characters of a module's message that are shown. */
const MAX_MESSAGE = 200;

export function runModule(
  enforcer: ModuleEnforcer,
  { subject, ports, manifestHash }: Asked,
): Charge & { readonly denial: Denial | undefined } {
  const { engine, callLimits } = ports;
  const { name, hash } = enforcer;
  if (!engine.has(hash)) throw new ObjectsNeeded([hash], [{ name, hash, entry: 'run' }]);
  const input = encodeInput(enforcer, subject, manifestHash);
  const outcome = engine.call(enforcer.hash, 'run', input, callLimits);
  const charge = { fuel: outcome.fuel, calls: 1 };
  if (outcome.kind === 'fault') return { denial: failed(enforcer, outcome.code), ...charge };
  return { denial: readAnswer(enforcer, outcome.output), ...charge };
}

function encodeInput(
  { name, cap, grant, params, wantsContext }: ModuleEnforcer,
  { request, effect, params: effectParams }: Subject,
  manifestHash: Hash,
): Uint8Array {
  const { origin, now } = request;
  const kind = isReducerOrigin(origin) ? 'reducer' : 'plan';
  const input = encode({
    cap_def: cap,
    grant_name: grant,
    cap_params: params,
    effect_kind: effect.kind,
    effect_params: effectParams.bytes,
    origin: { kind, name: originName(origin) },
    logical_now_ns: now.logicalNowNs,
  });
  if (!wantsContext) return encodePureInput({ version: ABI_VERSION, input });
  const { logicalNowNs, seq: journalHeight } = now;
  const ctx = encodePureContext({ logicalNowNs, journalHeight, manifestHash, module: name });
  return encodePureInput({ version: ABI_VERSION, input, ctx });
}

function readAnswer(enforcer: ModuleEnforcer, output: Uint8Array): Denial | undefined {
  const answer = decodePureOutput(output);
  const canonical = answer.ok ? enforcer.output.normalizeCbor(answer.value) : answer;
  if (!canonical.ok) return failed(enforcer, canonical.refusal.code);
  const fields = new EffectParams(canonical.value).fields();
  const deny = fields.get('deny') ?? null;
  const isOk = fields.get('constraints_ok') === true;
  if (isOk && deny === null) return undefined;
  return deny instanceof Map ? denied(enforcer, deny) : failed(enforcer, 'no reason given');
}

function denied(enforcer: ModuleEnforcer, deny: ReadonlyMap<Value, Value>): Denial {
  const code = deny.get('code') as string;
  const message = deny.get('message') as string;
  if (!MODULE_CODE.test(code)) return failed(enforcer, 'a code that is none');
  const advice = `${enforcer.name} says: ${message.slice(0, MAX_MESSAGE)}`;
  return { code, at: `grant ${enforcer.grant} params`, advice };
}

function failed({ name, grant }: ModuleEnforcer, why: string): Denial {
  const advice = `repair the module ${name} (${why}), or use another capability`;
  return { code: 'enforcer-error', at: `grant ${grant} cap`, advice };
}

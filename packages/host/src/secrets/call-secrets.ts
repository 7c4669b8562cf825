/**
 * The secrets of one call: resolved only where its parameters refer to them, remembered for as long
 * as the call runs.
 */
import { ok, type Result, refuse } from '@aos/canon';
import { type OpenIntent, secretsIn, type World } from '@aos/kernel';
import type { SecretPort, SecretRef, SecretSource } from '@aos/protocol';

/** Shorter values cannot be told from chance in what comes back. */
export const MIN_SECRET_BYTES = 8;

export interface SecretPorts {
  readonly world: () => World;
  readonly secrets: SecretSource | undefined;
}

export class CallSecrets implements SecretPort {
  /** Values that were handed out. */
  readonly #values: Uint8Array[] = [];

  constructor(
    private readonly intent: Pick<OpenIntent, 'effect' | 'params'>,
    private readonly ports: SecretPorts,
  ) {}

  get values(): readonly Uint8Array[] {
    return this.#values;
  }

  async resolve({ alias, version }: SecretRef): Promise<Result<Uint8Array>> {
    const name = `${alias}@${version}`;
    const { worldId, program } = this.ports.world();
    const { effect, params } = this.intent;
    const asked = program.gate.effects.get(effect);
    const uses = asked === undefined ? [] : secretsIn(asked, params);
    if (!uses.some((use) => `${use.alias}@${use.version}` === name)) {
      const detail = `expected a secret that the parameters refer to, found ${name}`;
      return refuse('secret-not-referred', '', detail);
    }
    const rule = program.gate.secrets.get(name);
    if (rule === undefined) {
      return refuse('secret-unknown', '', `${name} is declared no more; declare it again`);
    }
    const { bindingId, expectedDigest } = rule;
    const request = { worldId, alias, version, bindingId };
    const whole = expectedDigest === undefined ? request : { ...request, expectedDigest };
    const found = (await this.ports.secrets?.resolve(whole)) ?? unavailable(name);
    if (!found.ok) return found;
    if (found.value.length < MIN_SECRET_BYTES) {
      const detail = `${name} has fewer than ${MIN_SECRET_BYTES} bytes; make it longer`;
      return refuse('secret-too-short', '', detail);
    }
    this.#values.push(found.value.slice());
    return ok(found.value.slice());
  }
}

function unavailable(name: string): Result<Uint8Array> {
  const detail = `nobody here resolves ${name}; give the host a source of secrets`;
  return refuse('secret-unavailable', '', detail);
}

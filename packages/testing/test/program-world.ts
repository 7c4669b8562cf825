/** A world whose effect is a program that it brings along: a text in capitals. */
import {
  defineCap,
  defineEffect,
  definePlan,
  defineWorld,
  generatePolicy,
  grant,
  match,
  schema,
  sys,
  t,
  trigger,
  value,
} from '@aos/air/author';
import { encode } from '@aos/canon';
import { type FoundingResult, foundWorld, systemClock, systemEntropy } from '@aos/host';
import type { RawEvent } from '@aos/kernel';
import { WasmEngine } from '@aos/wasm';
import { operator } from './counter-world.js';

const Shout = schema('d/Shout@1', t.record({ verb: t.text, text: t.text }));
const Shouted = schema('d/Shouted@1', t.record({ text: t.text, exit_code: t.nat }));

const shout = defineEffect('d/shout@1', {
  kind: 'shout',
  params: sys.schemas.WasiParams,
  receipt: sys.schemas.WasiReceipt,
  capType: 'shouting',
  origin: 'plan',
  implementation: { wasi: {} },
});
const shouting = defineCap('d/shouting@1', {
  type: 'shouting',
  params: t.record({}),
  enforcer: sys.enforcers.allowAll,
});

const plan = definePlan('d/shout-it@1', { input: Shout, output: Shouted }, (steps, input) => {
  const params = { args: [input.verb], stdin: { text: input.text }, files: {} };
  const said = steps.call('said', shout, params, { grant: grant('loud', shouting, {}) });
  const words = match(said.stdout, {
    text: (said) => said,
    bytes: () => value(t.text, 'bytes'),
    blob: () => value(t.text, 'blob'),
  });
  return { text: words, exit_code: said.exit_code };
});

const world = defineWorld({
  triggers: [trigger(plan)],
  policy: generatePolicy('d/policy@1', { plans: [plan] }),
});

/** Makes the world around a program; without one it has none. */
export function foundShouting(program: Uint8Array | undefined): FoundingResult {
  const { keyId, publicKey } = operator;
  const keyring = [{ keyId, publicKey, name: 'operator', roles: ['operator'] }] as const;
  const modules = new Map(program === undefined ? [] : [['d/shout@1', program]]);
  const ports = { engine: new WasmEngine(), clock: systemClock, fillEntropy: systemEntropy };
  return foundWorld({ documents: world.toAir(), modules, keyring }, ports);
}

export const shoutEvent = (verb: string, words = ''): RawEvent => ({
  schema: 'd/Shout@1',
  cbor: encode({ verb, text: words }),
});

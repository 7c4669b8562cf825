/** The counter example as a world that drills can make and open. */
import { fileURLToPath } from 'node:url';
import { parseJson } from '@aos/air';
import {
  type FoundedWorld,
  type FoundingResult,
  foundWorld,
  readAuthoringFolder,
  systemClock,
  systemEntropy,
} from '@aos/host';
import type { RawEvent } from '@aos/kernel';
import { WasmEngine } from '@aos/wasm';

const folder = fileURLToPath(new URL('../../../examples/00-counter', import.meta.url));

const ports = { engine: new WasmEngine(), clock: systemClock, fillEntropy: systemEntropy };

export function foundCounter(): FoundedWorld {
  const result = foundWorld({ ...readAuthoringFolder(folder), keyring: [] }, ports);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.founded;
}

/** The counter's definition around other code. */
export function foundCounterWith(wasm: Uint8Array): FoundingResult {
  const modules = new Map([['demo/CounterSM@1', wasm]]);
  const { documents } = readAuthoringFolder(folder);
  return foundWorld({ documents, modules, keyring: [] }, ports);
}

const event = (json: string): RawEvent => {
  const value = parseJson(json);
  if (!value.ok) throw new Error(value.refusal.detail);
  return { schema: 'demo/CounterEvent@1', json: value.value };
};

export const start = event('{"Start":{"target":1000000000}}');
export const tick = event('{"Tick":null}');

// Makes the calls of spec/vectors/fuel.json with the built engine and prints what they come to:
// one line each, for a process started with options of V8.
import { readFileSync } from 'node:fs';
import { WasmEngine } from '@aos/wasm';

const vectors = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const engine = new WasmEngine();
for (const { name, wasm, calls } of vectors.modules) {
  const module = engine.load(Buffer.from(wasm, 'hex'));
  for (const { entry, input } of calls) {
    const bytes = Buffer.from(input, 'hex');
    const outcome = engine.call(module.value, entry, bytes, vectors.limits);
    const answer =
      outcome.kind === 'fault' ? outcome.code : Buffer.from(outcome.output).toString('hex');
    console.log(`${name} ${answer} ${outcome.fuel}`);
  }
}

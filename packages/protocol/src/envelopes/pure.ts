/** Pure-module envelopes (spec M5): like the reducer's, with input and output only. */
import { decodePlain, type Hash, type Result, refuse, toHashText, Writer } from '@aos/canon';

export interface PureInput {
  readonly version: number;
  readonly input: Uint8Array;
  readonly ctx?: Uint8Array;
}

export interface PureContext {
  readonly logicalNowNs: bigint;
  readonly journalHeight: number;
  readonly manifestHash: Hash;
  readonly module: string;
}

export function encodePureInput(input: PureInput): Uint8Array {
  const w = new Writer(input.input.length + (input.ctx?.length ?? 0) + 64);
  w.mapHead(input.ctx === undefined ? 2 : 3);
  w.text('version');
  w.int(input.version);
  w.text('input');
  w.bytes(input.input);
  if (input.ctx !== undefined) {
    w.text('ctx');
    w.bytes(input.ctx);
  }
  return w.finish();
}

export function encodePureContext(context: PureContext): Uint8Array {
  const w = new Writer(256);
  w.selfDescribe();
  w.mapHead(4);
  w.text('module');
  w.text(context.module);
  w.text('manifest_hash');
  w.text(toHashText(context.manifestHash));
  w.text('journal_height');
  w.int(context.journalHeight);
  w.text('logical_now_ns');
  w.int(context.logicalNowNs);
  return w.finish();
}

/** Bytes a pure module returned, or `output-malformed`. */
export function decodePureOutput(bytes: Uint8Array): Result<Uint8Array> {
  const decoded = decodePlain(bytes);
  const value = decoded.ok && decoded.value instanceof Map ? decoded.value : undefined;
  const output = value?.get('output');
  if (output instanceof Uint8Array && value?.size === 1) return { ok: true, value: output };
  return refuse('output-malformed', '', "a pure output was expected: a map of 'output': bytes");
}

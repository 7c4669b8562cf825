/** Parameters and receipts of effects that are WASI programs. */
import type { TypeFields } from '../forms/type-expr.js';
import { bytes, hash, list, map, nat, option, record, ref, text, variant } from './builders.js';

export const WASI_PARAMS = 'sys/WasiParams@1';
export const WASI_RECEIPT = 'sys/WasiReceipt@1';

const content = ref('sys/WasiContent@1');

export const WASI_SCHEMAS: TypeFields = {
  /** What a file holds, or a stream: as text in UTF-8, as bytes, or as the blob of that hash. */
  'sys/WasiContent@1': variant({ text, bytes, blob: hash }),
  /** Arguments behind the program's name, what it reads on standard input, files by their path. */
  [WASI_PARAMS]: record({
    args: list(text),
    stdin: option(content),
    files: map(text, content),
  }),
  /** How the program ended, what it said, and the files that it made or changed. */
  [WASI_RECEIPT]: record({
    exit_code: nat,
    stdout: content,
    stderr: content,
    files: map(text, content),
  }),
};

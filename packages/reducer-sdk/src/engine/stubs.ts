/**
 * What stands in for the engine's imports: the clock shows zero, chance is zero, files are closed,
 * the zone is UTC, and there is no host to call.
 */
import { assert } from '@aos/canon';
import type { FunctionType } from '../binary/module.js';

const END = 0x0b;
const UNREACHABLE = 0x00;
const I32_CONST = 0x41;
/** Numbers of WASI; both fit one byte of a signed LEB128. */
const SUCCESS = 0;
const BAD_FILE = 8;

const answer = (value: number) => [I32_CONST, value];
const localGet = (index: number) => [0x20, index];
/** Eight zero bytes where the third parameter points. */
const storeZeroTime = [...localGet(2), 0x42, 0, 0x37, 3, 0];
/** As many zero bytes as the second parameter says, where the first points. */
const fillZero = [...localGet(0), ...answer(0), ...localGet(1), 0xfc, 11, 0];

const STUBS: ReadonlyMap<string, readonly number[]> = new Map([
  ['host_get_timezone_offset', answer(0)],
  ['host_interrupt', answer(0)],
  ['host_promise_rejection', []],
  ['host_module_normalize', answer(0)],
  ['host_module_load', answer(0)],
  ['host_call', [UNREACHABLE]],
  ['clock_time_get', [...storeZeroTime, ...answer(SUCCESS)]],
  ['fd_close', answer(BAD_FILE)],
  ['fd_fdstat_get', answer(BAD_FILE)],
  ['fd_seek', answer(BAD_FILE)],
  ['fd_write', answer(BAD_FILE)],
  ['random_get', [...fillZero, ...answer(SUCCESS)]],
]);

/** Locals and instructions of the function in place of the import `name`. */
export function stubBody(name: string, type: FunctionType): Uint8Array {
  const instructions = STUBS.get(name);
  assert(instructions, `the engine's import ${name} is known`);
  assert(type.results.length <= 1, `the engine's import ${name} has one result at most`);
  return Uint8Array.of(0, ...instructions, END);
}

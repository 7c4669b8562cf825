/** What the finished module exports, and what opens it. */
import { openDecoder } from './decode';
import { openEncoder } from './encode';
import { JS_GetPropertyUint32, Js, malloc, unthrown } from './engine';
import { BASE } from './envelope';
import { openRun } from './run';
import { openStep } from './step';

export { run } from './run';
export { step } from './step';

/** Called once, when the script has been evaluated to [dispatch, mapOf, entriesOf]. */
export function open(context: usize, script: Js): void {
  const dispatch = unthrown(JS_GetPropertyUint32(context, script, 0));
  openDecoder(context, unthrown(JS_GetPropertyUint32(context, script, 1)));
  openEncoder(context, unthrown(JS_GetPropertyUint32(context, script, 2)));
  openStep(context, dispatch);
  openRun(context, dispatch);
}

export function alloc(size: i32): i32 {
  const address = malloc(size as usize);
  if (address === 0) unreachable();
  return (address - BASE) as i32;
}

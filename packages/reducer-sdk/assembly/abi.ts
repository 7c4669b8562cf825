/** The exports the engine calls, as functions for the generated entry file. */
import { ReducerEnvelope } from './envelope';
import { PureEnvelope } from './pure';

/** Generated decoders compare eight bytes at a time, up to the last byte of the input. */
const PADDING: usize = 8;
const MAX_SIZE: usize = 0x7fffffff;

/** Room for `size` bytes of input. */
export function allocate(size: i32): i32 {
  if ((size as usize) > MAX_SIZE) unreachable();
  return heap.alloc((size as usize) + PADDING) as i32;
}

export function openReducer(input: i32, size: i32): ReducerEnvelope {
  return new ReducerEnvelope(input as usize, size as usize);
}

export function openPure(input: i32, size: i32): PureEnvelope {
  return new PureEnvelope(input as usize, size as usize);
}

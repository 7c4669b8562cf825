/** The two exports the engine calls, as functions for the generated entry file. */
import { Step } from './step';
import { Value } from './value';

/** Room for `size` bytes of input. */
export function allocate(size: i32): i32 {
  return heap.alloc(size as usize) as i32;
}

export function openStep(input: i32, size: i32): Step {
  return new Step(Value.decode(input as usize, size as usize));
}

/** Writes address and size of the output, two little-endian u32, at `result`. */
export function closeStep(result: i32, step: Step): void {
  const output = step.output();
  store<u32>(result, output.start as u32);
  store<u32>(result, output.size as u32, 4);
}

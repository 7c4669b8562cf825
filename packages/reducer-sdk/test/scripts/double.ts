/** A pure module: doubles a list, and says when it knows. */
import { definePure, list, nat, option, record, text } from '@aos/reducer-sdk/script';

const Input = list(nat);
const Output = record({ doubled: list(nat), at: option(nat), module: option(text) });

export default definePure({ input: Input, output: Output }, (input, world) => ({
  doubled: input.map((each) => each * 2n),
  at: world?.logical_now_ns ?? null,
  module: world?.module ?? null,
}));

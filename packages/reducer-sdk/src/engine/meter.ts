/**
 * Fuel for evaluating a script while it is built: one unit for every call and every turn of a loop,
 * so that a script that never ends does end, on every machine at the same place.
 *
 * Deliberately absent: anything for calls in a world. There the module is admitted like any other.
 */
import { ByteReader, ByteWriter } from '../binary/bytes.js';
import { OP, skipLocals, skipOperands } from '../binary/instructions.js';

/** The body with a charge against the i32 global `fuel` at its start and in every loop. */
export function meterBody(body: Uint8Array, fuel: number): Uint8Array {
  const charge = chargeOf(fuel);
  const reader = new ByteReader(body);
  skipLocals(reader);
  const writer = new ByteWriter(body.length + 256).raw(body.subarray(0, reader.at)).raw(charge);
  let copied = reader.at;
  while (!reader.done) {
    const opcode = reader.byte();
    skipOperands(reader, opcode);
    if (opcode !== OP.loop) continue;
    writer.raw(body.subarray(copied, reader.at)).raw(charge);
    copied = reader.at;
  }
  return writer.raw(body.subarray(copied)).finish();
}

/** `fuel -= 1; if (fuel == 0) trap`. */
function chargeOf(fuel: number): Uint8Array {
  const writer = new ByteWriter(32);
  writer.byte(OP.globalGet).u32(fuel).raw([0x41, 1, 0x6b]).byte(OP.globalSet).u32(fuel);
  writer.byte(OP.globalGet).u32(fuel).byte(0x45).raw([OP.if, 0x40, 0x00, OP.end]);
  return writer.finish();
}

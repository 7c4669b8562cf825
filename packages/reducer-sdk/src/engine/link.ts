/**
 * The engine and the bridge as one module without imports.
 *
 * L1. The engine's function, type, table and global indices stay as they are: each import becomes
 *     an internal function at the same index.
 * L2. What the bridge imports are the engine's exported functions; its indices are moved behind the
 *     engine's.
 * L3. Memory is as `rebase.ts` says, in all of the code.
 * L4. No internal function tells a time, a random number or anything else from outside.
 */
import { assert } from '@aos/canon';
import { ByteReader, ByteWriter } from '../binary/bytes.js';
import { OP, skipLocals, skipOperands } from '../binary/instructions.js';
import type { FunctionType, ModuleExport, ModuleGlobal, ParsedModule } from '../binary/module.js';
import { rebaseBody } from './rebase.js';
import { stubBody } from './stubs.js';

export interface LinkedModule {
  readonly types: readonly FunctionType[];
  readonly functions: readonly number[];
  readonly globals: readonly ModuleGlobal[];
  readonly bodies: readonly Uint8Array[];
  /** Everything that either part exports, by name; the bridge's names win. */
  readonly exports: ReadonlyMap<string, ModuleExport>;
  readonly engine: ParsedModule;
}

export function linkModules(engine: ParsedModule, bridge: ParsedModule): LinkedModule {
  const exported = new Map(engine.exports.map((each) => [each.name, each]));
  const move = movesOf(engine, bridge, exported);
  const stubs = engine.imports.map(({ name, type }) => stubBody(name, typeAt(engine.types, type)));
  const types = [...engine.types, ...bridge.types];
  const functions = [
    ...engine.imports.map(({ type }) => type),
    ...engine.functions,
    ...bridge.functions.map(move.type),
  ];
  const bodies = [...stubs, ...engine.bodies, ...bridge.bodies.map((body) => moveBody(body, move))];
  const exports = new Map(exported);
  for (const each of bridge.exports) exports.set(each.name, moveExport(each, move));
  return {
    types,
    functions,
    globals: [...engine.globals, ...bridge.globals],
    bodies: bodies.map((body, i) => rebaseBody(body, typeAt(types, functions[i]).params.length)),
    exports,
    engine,
  };
}

/** From indices of the bridge to those of the whole. */
interface Moves {
  readonly type: (index: number) => number;
  readonly function: (index: number) => number;
  readonly global: (index: number) => number;
}

function movesOf(
  engine: ParsedModule,
  bridge: ParsedModule,
  exported: ReadonlyMap<string, ModuleExport>,
): Moves {
  const imported = bridge.imports.map(({ name }) => {
    const found = exported.get(name);
    assert(found, `the engine exports ${name}`);
    return found.index;
  });
  const own = engine.imports.length + engine.functions.length - bridge.imports.length;
  return {
    type: (index) => index + engine.types.length,
    function: (index) => imported[index] ?? index + own,
    global: (index) => index + engine.globals.length,
  };
}

function moveExport({ name, kind, index }: ModuleExport, move: Moves): ModuleExport {
  return { name, kind, index: kind === 0 ? move.function(index) : move.global(index) };
}

function moveBody(body: Uint8Array, move: Moves): Uint8Array {
  const reader = new ByteReader(body);
  skipLocals(reader);
  const writer = new ByteWriter(body.length + 64).raw(body.subarray(0, reader.at));
  while (!reader.done) {
    const start = reader.at;
    const opcode = reader.byte();
    const moved = movedOperand(opcode, move);
    if (moved) {
      writer.byte(opcode).u32(moved(reader.u32()));
      if (opcode === OP.callIndirect) writer.u32(reader.u32());
    } else {
      assert(!isTypedBlock(opcode, body[reader.at]), 'blocks of the bridge have simple types');
      skipOperands(reader, opcode);
      writer.raw(body.subarray(start, reader.at));
    }
  }
  return writer.finish();
}

function movedOperand(opcode: number, move: Moves): ((index: number) => number) | undefined {
  if (opcode === OP.call || opcode === OP.functionRef) return move.function;
  if (opcode === OP.callIndirect) return move.type;
  if (opcode === OP.globalGet || opcode === OP.globalSet) return move.global;
  return undefined;
}

/** Whether a block names a function type, not a value type or none. */
function isTypedBlock(opcode: number, type = 0): boolean {
  return opcode >= OP.block && opcode <= OP.if && (type & 0xc0) !== 0x40;
}

function typeAt(types: readonly FunctionType[], index = -1): FunctionType {
  const type = types[index];
  assert(type, 'types of functions exist');
  return type;
}

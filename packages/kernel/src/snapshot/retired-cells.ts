/** The shape of the cells of reducers that are gone. */
import type { Hash, Value } from '@aos/canon';
import { rootOfCells, unstoredCellSlices } from '../cells/cell-table.js';
import { checkCells } from '../cells/check-cells.js';
import { MAX_STATE_TYPES, type RetiredCells } from '../governance/retired-cells.js';
import { type ProgramHolder, programOf } from '../program/program-cache.js';
import type { ReducerProgram } from '../program/reducer-program.js';
import { hash, list, type Shape, shapeError, struct, text } from './shape.js';
import { decodeTable, encodeTable, mustPass } from './stored-parts.js';

interface Head {
  readonly reducer: string;
  readonly manifest: Hash;
  readonly types: readonly Hash[];
}

const head = struct<Head>({ reducer: text, manifest: hash, types: list(hash, MAX_STATE_TYPES) });

/** `[{reducer, manifest, types}, {reducer, cells}]` for each, in the order of their names. */
export function retiredCells(holder: ProgramHolder): Shape<readonly RetiredCells[]> {
  return {
    encode: (value) =>
      value.map(({ cells, ...of }) => [head.encode(of), encodeTable(of.reducer, cells)]),
    decode: (value, at) => {
      if (!Array.isArray(value)) throw shapeError(at, 'a list');
      return value.map((each, n) => decodeRetired(each as Value, `${at}/${n}`, holder));
    },
    collect: (value, into) => {
      for (const { cells } of value) into.tries.push(() => unstoredCellSlices(cells));
    },
    check: (value, at) => {
      for (const [n, retired] of value.entries()) {
        const { keySchema } = reducerOf(holder, retired, at).definition;
        mustPass(
          checkCells(rootOfCells(retired.cells), keySchema ?? null, holder.source),
          `${at}/${n}`,
        );
      }
    },
  };
}

function decodeRetired(value: Value, at: string, holder: ProgramHolder): RetiredCells {
  if (!Array.isArray(value) || value.length !== 2) throw shapeError(at, 'a list of two');
  const of = head.decode(value[0] as Value, `${at}/0`);
  const reducer = reducerOf(holder, of, at);
  return { ...of, cells: decodeTable(reducer, value[1] as Value, `${at}/1`, holder.source) };
}

function reducerOf(holder: ProgramHolder, of: Head, at: string): ReducerProgram {
  const reducer = programOf(holder, of.manifest).reducersByName.get(of.reducer);
  if (reducer !== undefined) return reducer;
  throw shapeError(at, `a definition that has ${of.reducer}`);
}

/**
 * Which blocks of the product ran, as the engine of JavaScript counts them.
 *
 * The program is one bundle, in which a line of comment names the file that each piece came from:
 * so blocks of the oracles, of other packages and of the fuzzer itself are left out.
 */
import { readFileSync } from 'node:fs';
import { type Profiler, Session } from 'node:inspector';

export interface Feedback {
  /** Blocks that ran since the last call. */
  take(): readonly string[];
  close(): void;
}

interface Piece {
  readonly start: number;
  readonly isProduct: boolean;
}

const PIECE = /^\/\/ ((?:\.\.\/)*(?:packages|apps|node_modules|tooling)\/\S+)$/gm;
const PRODUCT = /^(?:\.\.\/)*packages\/(?!testing\/)[^/]+\/src\//;

/** Counts in the program at `url`, a bundle. */
export function countBlocks(url: string): Feedback {
  const pieces = piecesOf(readFileSync(new URL(url), 'utf8'));
  const session = new Session();
  session.connect();
  call(session, 'Profiler.enable');
  call(session, 'Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  return {
    take: () => {
      const taken = call(session, 'Profiler.takePreciseCoverage') as unknown as Taken;
      const script = taken.result.find((each) => each.url === url);
      return script === undefined ? [] : blocksOf(script, pieces);
    },
    close: () => {
      call(session, 'Profiler.stopPreciseCoverage');
      session.disconnect();
    },
  };
}

type Taken = Profiler.TakePreciseCoverageReturnType;

/** Answers of a session of this very thread come before the call returns. */
function call(session: Session, method: string, params: object = {}): object {
  let answer: object = {};
  session.post(method, params, (error, result) => {
    if (error !== null) throw new Error(error.message);
    answer = result ?? {};
  });
  return answer;
}

function piecesOf(program: string): Piece[] {
  const found = [...program.matchAll(PIECE)];
  return found.map(({ index, 1: path = '' }) => ({ start: index, isProduct: PRODUCT.test(path) }));
}

function blocksOf(script: Profiler.ScriptCoverage, pieces: readonly Piece[]): string[] {
  const blocks: string[] = [];
  for (const { ranges } of script.functions) {
    const start = ranges[0]?.startOffset ?? 0;
    if (!isProduct(start, pieces)) continue;
    for (const { startOffset, endOffset, count } of ranges) {
      if (count > 0) blocks.push(`${startOffset}-${endOffset}`);
    }
  }
  return blocks;
}

function isProduct(offset: number, pieces: readonly Piece[]): boolean {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pieces[middle] as Piece).start <= offset) low = middle + 1;
    else high = middle;
  }
  return pieces[low - 1]?.isProduct === true;
}

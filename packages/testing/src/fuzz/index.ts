export { type FuzzPlace, replayCorpus, runFuzzCommand } from './fuzz-command.js';
export { errorOf, type FuzzReport, fuzz } from './fuzz-loop.js';
export { Broken, type FuzzTarget, holds, keyOf } from './target.js';

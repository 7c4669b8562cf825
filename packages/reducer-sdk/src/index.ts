export { type BuildResult, buildReducer, type ReducerBuild } from './build.js';
export type { Diagnostic, Severity, SourcePlace } from './diagnostic.js';
export { buildReducerFolder } from './folder.js';
export type { ReducerSources } from './sources.js';

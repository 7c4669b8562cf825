export { type BuildResult, buildReducer, type ReducerBuild } from './build.js';
export {
  buildScriptReducer,
  buildScriptReducerFolder,
  type ScriptSources,
} from './build-script.js';
export { generateCodecs } from './codecs/generate.js';
export { type ModuleTypes, moduleTypes } from './codecs/module-types.js';
export { generateShapes } from './codecs/shapes.js';
export type { Diagnostic, Severity, SourcePlace } from './diagnostic.js';
export { buildReducerFolder } from './folder.js';
export { runNatively, stepNatively } from './native.js';
export type { ReducerOptions, ReducerSources } from './sources.js';

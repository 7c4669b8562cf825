export type {
  CompilerPorts,
  Diagnostic,
  LanguageBuild,
  LanguageBuilder,
  LanguageSources,
  SourceTypes,
} from './compilation.js';
export { serveCompilations } from './serve-compilations.js';

/** What goes to the process that compiles, and what comes back. */
import type { DefEffect, DefModule, DefSchema } from '@aos/air';
import type { Refusal } from '@aos/canon';
import type { ModuleEntry } from '@aos/protocol';

/** A source, with all its texts at hand. */
export interface CompileJob {
  readonly language: string;
  readonly name: string;
  readonly files: readonly (readonly [path: string, text: string])[];
  readonly types?: { readonly module: string; readonly definitions: string };
}

export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'info';
  readonly code: string;
  readonly message: string;
  /** Counted from 1. */
  readonly place?: { readonly file: string; readonly line: number; readonly column: number };
}

/** How a compilation ended: a function of the job, the compiler and the engine. */
export interface Compilation {
  readonly kind: 'compiled';
  /** Absent when the source makes no module that may run. */
  readonly module?: { readonly wasm: Uint8Array; readonly entry: ModuleEntry };
  readonly diagnostics: readonly Diagnostic[];
  /** Diagnostics beyond those at hand. */
  readonly omitted: number;
  /** Names and versions of what made the module, and of what admitted it. */
  readonly compiler?: string;
  readonly engine?: string;
}

export type CompileResult =
  | Compilation
  /** The compiler itself failed. */
  | { readonly kind: 'crashed'; readonly message: string };

/** The definitions that a source is written against. */
export interface SourceTypes {
  readonly module: DefModule;
  readonly schemas: readonly DefSchema[];
  readonly effects: readonly DefEffect[];
}

export interface LanguageSources {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly types?: SourceTypes;
}

export type LanguageBuild =
  | {
      readonly ok: true;
      readonly value: { readonly wasm: Uint8Array; readonly compiler: string };
      readonly diagnostics: readonly Diagnostic[];
    }
  | {
      readonly ok: false;
      readonly refusal: Refusal;
      readonly diagnostics: readonly Diagnostic[];
      readonly compiler?: string;
    };

export type LanguageBuilder = (sources: LanguageSources) => Promise<LanguageBuild>;

/** What a composition root brings to the process. */
export interface CompilerPorts {
  /**
   * The languages by name. A build is a function of its sources alone, and keeps nothing of them:
   * no file of the machine and no package can be imported.
   */
  readonly languages: ReadonlyMap<string, LanguageBuilder>;
  /** Says what keeps a module from running in a world; undefined when nothing does. */
  readonly admit: (wasm: Uint8Array, entry: ModuleEntry) => Refusal | undefined;
  /** Name and versions of the engine that admits. */
  readonly engine: string;
}

export function errorOf(code: string, message: string): Diagnostic {
  return { severity: 'error', code, message };
}

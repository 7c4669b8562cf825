/** Plans made ready to run: everything that a definition says of them, looked up once. */
import type { CompiledSchema } from '@aos/air';

/** What an event starts. */
export interface CompiledTrigger {
  readonly plan: CompiledPlan;
  /** Path of the field that correlates, in the event. */
  readonly correlateBy: readonly string[] | undefined;
}

export interface CompiledPlan {
  readonly name: string;
  readonly input: CompiledSchema;
}

/** The plans of one manifest. */
export interface Plans {
  get(name: string): CompiledPlan | undefined;
  /** In the order of the manifest. */
  triggersOf(schema: string): readonly CompiledTrigger[];
}

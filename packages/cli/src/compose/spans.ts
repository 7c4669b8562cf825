/** Spans of worlds, where somebody wants them. */
import type { WorldObserver } from '@aos/host';

/** Where the API of OpenTelemetry keeps what was registered, for all its copies of version 1. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');

/**
 * Hands spans to the tracer provider that was registered before us, as by
 * `NODE_OPTIONS='--import ./telemetry.mjs'`. Without one nothing is even loaded.
 */
export async function spanObservers(): Promise<readonly WorldObserver[]> {
  const registry = (globalThis as { [REGISTRY]?: { readonly trace?: unknown } })[REGISTRY];
  if (registry?.trace === undefined) return [];
  const [{ trace }, { spanObserver }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@aos/host/spans'),
  ]);
  return [spanObserver({ tracer: trace.getTracer('aos') })];
}

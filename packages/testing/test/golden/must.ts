import type { Result } from '@aos/canon';

/** What is there; throws what the refusal says otherwise. */
export function must<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.refusal.code} ${result.refusal.at}: ${result.refusal.detail}`);
}

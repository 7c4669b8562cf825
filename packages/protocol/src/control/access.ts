/** One way to talk to a world: in this process, in another thread, or behind a socket. */
import type { Result } from '@aos/canon';
import type {
  ControlArgs,
  ControlItem,
  ControlResult,
  ControlStream,
  ControlVerb,
} from './verbs.js';

export interface WorldAccess {
  /**
   * Answers a verb. An expected no is a refusal in the result; rejects with AosFault where the
   * outside failed: what the world's host says (`store-failed`, `world-closed`, …), and over a
   * connection `control-closed`, `control-retry` and `control-defect`.
   */
  call<V extends ControlVerb>(verb: V, args: ControlArgs<V>): Promise<Result<ControlResult<V>>>;
  /**
   * The items of a stream; leaving the loop ends it. Iterating throws RefusalError for an expected
   * no, else AosFault as {@link WorldAccess.call} does.
   */
  stream<V extends ControlStream>(verb: V, args: ControlArgs<V>): AsyncIterable<ControlItem<V>>;
  close(): Promise<void>;
}

/**
 * The adapter of the effects on workspaces.
 *
 * | kind | answers |
 * |---|---|
 * | `workspace.resolve` | head and tree of a workspace, or of one of its versions |
 * | `workspace.empty_root` | the tree without files |
 * | `workspace.list`, `workspace.read`, `workspace.diff` | what is in trees |
 * | `workspace.write`, `workspace.remove` | a tree that was derived from another one |
 * | `workspace.commit` | the version that a tree has become |
 *
 * 1. Trees are objects under their hashes: deriving one twice changes nothing.
 * 2. An effect on a workspace reads only trees of that workspace (`KnownRoots`).
 * 3. Heads are state of the world: a commit is an event, admitted like any other.
 */
import type { Encodable } from '@aos/canon';
import {
  type Adapter,
  type EffectCall,
  type EffectContext,
  type EffectOutcome,
  failedOutcome,
  okOutcome,
  type WorldPort,
} from '@aos/protocol';
import { outcomeOf } from './failure.js';
import { assertWorkspaceName } from './heads.js';
import { ADAPTER_ID, KnownRoots } from './known-roots.js';
import { remove, write } from './operations/change.js';
import { commit } from './operations/commit.js';
import { diff, emptyRoot, list, read, resolve } from './operations/look.js';
import { isMount, onMount } from './operations/mounts.js';
import { invalid, Params } from './params.js';
import { Session, type Shared } from './session.js';
import { DirectoryCache } from './tree/directory.js';

interface Operation {
  /** Fields of the parameters beside the workspace. */
  readonly fields: readonly string[];
  run(session: Session, params: Params): Promise<Encodable>;
}

const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['resolve', { fields: ['version'], run: resolve }],
  ['empty_root', { fields: [], run: emptyRoot }],
  ['list', { fields: ['root', 'path', 'recursive', 'limit', 'after'], run: list }],
  ['read', { fields: ['root', 'path', 'from', 'size'], run: read }],
  ['write', { fields: ['root', 'path', 'content', 'executable'], run: write }],
  ['remove', { fields: ['root', 'path'], run: remove }],
  ['diff', { fields: ['from', 'to', 'path', 'limit', 'after'], run: diff }],
  ['commit', { fields: ['root', 'expected_head', 'message'], run: commit }],
]);

const NAMESPACE = 'workspace.';

export const WORKSPACE_KINDS: readonly string[] = [...OPERATIONS.keys()].map(
  (operation) => `${NAMESPACE}${operation}`,
);

export class WorkspaceAdapter implements Adapter {
  readonly id = ADAPTER_ID;
  readonly kinds = WORKSPACE_KINDS;
  readonly #shared: Shared;
  readonly #closing = new Set<() => void>();
  #isClosed = false;

  constructor(world: WorldPort) {
    this.#shared = { world, cache: new DirectoryCache(), known: new KnownRoots(world) };
  }

  async start(call: EffectCall, context: EffectContext): Promise<EffectOutcome> {
    const unwanted = this.#whyUnwanted(call, context);
    if (unwanted !== undefined) return unwanted;
    let stop: () => void = () => undefined;
    const stopped = new Promise<EffectOutcome>((done) => {
      stop = () => done(CANCELLED);
    });
    this.#closing.add(stop);
    const leave = context.cancel.onCancel(stop);
    try {
      return await Promise.race([this.#run(call, context).catch(outcomeOf), stopped]);
    } finally {
      leave();
      this.#closing.delete(stop);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const stop of this.#closing) stop();
  }

  async #run(call: EffectCall, context: EffectContext): Promise<EffectOutcome> {
    const name = call.effect.slice(NAMESPACE.length);
    const operation = OPERATIONS.get(name);
    if (operation === undefined || !call.effect.startsWith(NAMESPACE)) {
      throw invalid(`an effect on workspaces, found ${call.effect}`);
    }
    const params = new Params(call.params, ['workspace', ...operation.fields]);
    const session = new Session(call, context, this.#shared);
    if (isMount(params.workspace)) return okOutcome(await onMount(session, name, params));
    assertWorkspaceName(params.workspace);
    return okOutcome(await operation.run(session, params));
  }

  #whyUnwanted({ deadlineNs }: EffectCall, { cancel, clock }: EffectContext) {
    if (this.#isClosed || cancel.isCancelled) return CANCELLED;
    const isLate = deadlineNs !== undefined && deadlineNs <= clock.logicalNowNs();
    return isLate ? LATE : undefined;
  }
}

const CANCELLED = failedOutcome({
  status: 'cancelled',
  code: 'workspace-cancelled',
  message: 'nobody waits for it, or its host is closing',
});

const LATE = failedOutcome({
  status: 'timeout',
  code: 'workspace-deadline',
  message: 'the deadline has passed before it started',
});

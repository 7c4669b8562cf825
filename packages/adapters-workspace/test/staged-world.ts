/** A world as the adapter is lent it, in memory: states of workspaces, and what was answered. */
import { WORKSPACE_REDUCER } from '@aos/adapters-workspace';
import { decode, encode, ok, type Result, refuse, toHex, type Value } from '@aos/canon';
import {
  AosFault,
  type LentAck,
  type LentEvent,
  type LentView,
  type WorldPort,
} from '@aos/protocol';

interface State {
  head: number;
  readonly versions: Map<number, Value>;
}

export class StagedWorld implements WorldPort {
  readonly states = new Map<string, State>();
  /** Ids of events that came in. */
  readonly taken = new Map<string, LentAck>();
  /** Payloads of receipts, oldest first. */
  readonly answered: Uint8Array[] = [];
  /** How often receipts were looked through. */
  looks = 0;
  /** What keeps commits from coming in. */
  refusal: string | undefined;
  lacksReducer = false;

  async state(reducer: string, key?: Uint8Array): Promise<Uint8Array | undefined> {
    if (this.lacksReducer || reducer !== WORKSPACE_REDUCER) {
      throw new AosFault('reducer-unknown', 'none', { retry: 'never' });
    }
    const state = this.states.get(toHex(key ?? new Uint8Array()));
    return state && encode({ head: state.head, versions: state.versions });
  }

  async submit({ value, dedup }: LentEvent): Promise<Result<LentAck>> {
    if (this.refusal !== undefined) return refuse(this.refusal, '', 'no');
    const known = this.taken.get(dedup);
    if (known !== undefined) return ok(known);
    const code = this.commit(value);
    const faults = code === undefined ? [] : [{ reducer: WORKSPACE_REDUCER, code }];
    const ack = { seq: this.taken.size, faults };
    this.taken.set(dedup, ack);
    return ok(ack);
  }

  /** As the reducer does. */
  commit(value: Uint8Array): string | undefined {
    const decoded = decode(value);
    const fields = decoded.ok ? (decoded.value as ReadonlyMap<string, Value>) : new Map();
    const key = toHex(encode(fields.get('workspace') ?? null));
    const state = this.states.get(key) ?? { head: 0, versions: new Map() };
    if (Number(fields.get('expected_head') ?? 0) !== state.head) return 'workspace-head-stale';
    state.head += 1;
    const { tree, author, message, at } = Object.fromEntries(fields);
    state.versions.set(state.head, new Map(Object.entries({ tree, author, message, at })) as Value);
    this.states.set(key, state);
    return undefined;
  }

  async hasTaken(dedup: string): Promise<boolean> {
    return this.taken.has(dedup);
  }

  async askedBy(): Promise<string> {
    return 'world:d/plan@1';
  }

  async *receipts(): AsyncGenerator<Uint8Array, void, void> {
    this.looks += 1;
    yield* [...this.answered].reverse();
  }

  async look(path: readonly string[]): Promise<LentView | undefined> {
    if (path.join('/') === 'mem/file') return { kind: 'file', bytes: new Uint8Array(300_000) };
    const entries = [{ name: 'file', kind: 'file' as const }];
    return path.length === 1 ? { kind: 'directory', entries, hasMore: true } : undefined;
  }
}

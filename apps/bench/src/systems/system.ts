/**
 * A system that is compared, and one running instance of it. Every work is the same for all of
 * them: a counter by key, and workflows of local steps that do nothing but, where asked, wait.
 */

/** What the client asks for, over the public interface of the system. */
export interface Running {
  /** Adds one to the counter of a key; resolves when that is durable. */
  add(key: string): Promise<void>;
  count(key: string): Promise<number>;
  /** Runs a workflow to its end and answers with the sum of what its steps gave. */
  run(id: string, steps: Steps): Promise<number>;
  /** Starts one of three steps that take `ms` each; resolves when the start is durable. */
  begin(id: string, ms: number): Promise<void>;
  /** How many of the workflows `<prefix>0`, `<prefix>1`, … up to a count have ended well. */
  finished(prefix: string, count: number): Promise<number>;
  /** Resolves when all of them have. */
  untilFinished(prefix: string, count: number): Promise<void>;
  /** Roots of its process trees. */
  readonly pids: readonly number[];
  /** Ends it in order. */
  stop(): Promise<void>;
  /** SIGKILL for every process of it. */
  kill(): Promise<void>;
}

export type Steps = 1 | 3;

export interface SystemFacts {
  /** What is measured, of those that are pinned; none is this tree. */
  readonly packages: readonly string[];
  /** What an acknowledgement promises, and the settings it comes from. */
  readonly durability: string;
  /** How the client, another process, reaches it. */
  readonly client: string;
}

/** One system with its data in one folder, for as long as a round takes. */
export interface System {
  readonly name: string;
  readonly facts: SystemFacts;
  /** Whether what was acknowledged outlives the process. */
  readonly keeps: boolean;
  /** Whether it runs in the client's own process. */
  readonly isInProcess?: boolean;
  /** Makes what has to be there once: databases, worlds. */
  found(directory: string): Promise<Founded>;
}

/** Data in a folder that a system can be started on, again and again. */
export interface Founded {
  /** Starts all processes; resolves when the first event of a counter was acknowledged. */
  start(): Promise<Running>;
  /** Folder of everything that it keeps. */
  readonly data: string;
}

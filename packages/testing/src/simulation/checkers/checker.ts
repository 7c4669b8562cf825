/**
 * What a rule of the system is watched by. A checker sees what the outside sees of a world, and
 * what each life has left on its disk; it tells when the two cannot both be true.
 */
import type { Hash, Refusal } from '@aos/canon';
import type { Blocker, SubmittedInput, VerifyReport } from '@aos/host';
import type { World } from '@aos/kernel';
import type { EffectCall, Genesis, JournalRecord, WorldStore } from '@aos/protocol';
import type { SimConstitution } from '../constitution.js';

/** A record that was found, with the world after it where it replays. */
export interface FoundRecord {
  readonly bytes: Uint8Array;
  readonly chain: Hash;
  readonly record: JournalRecord;
  readonly before: World;
  readonly after: World;
}

/** What a life has left. */
export interface Remains {
  /** As whoever only reads finds it. */
  readonly store: WorldStore;
  /** All records, as far as they replay. */
  readonly journal: readonly FoundRecord[];
  /** Records that are there. */
  readonly records: readonly JournalRecord[];
  /** Whoever wrote it has closed it, and nothing stands behind its end. */
  readonly isClosed: boolean;
  /** Where replay, which believes nothing, comes to something else than is written. */
  readonly difference: string | undefined;
}

/** What is found where a bit was turned. */
export interface FlippedRemains {
  readonly chains: readonly Hash[];
  readonly worldHash: Hash;
  /** Whoever opens it is told that the journal does not end as it should. */
  readonly isCut: boolean;
}

export interface Submission {
  readonly who: string;
  readonly input: SubmittedInput;
}

interface Acknowledgement extends Submission {
  readonly seq: number;
  readonly chain: Hash;
}

interface RefusedInput extends Submission {
  readonly refusal: Refusal;
  /** Worlds of the moments before it was handed in and after it was refused. */
  readonly before: World;
  readonly after: World;
}

export interface Checker {
  /** An input was handed in, and nothing is known of it yet. */
  submitted?(submission: Submission): void;
  acknowledged?(acknowledgement: Acknowledgement): void;
  refused?(refused: RefusedInput): void;
  /** Somebody has looked at the world of the moment, and was answered. */
  read?(world: World): void;
  /** A snapshot was acknowledged, of the world after this record. */
  snapshotted?(seq: number): void;
  /** Nothing goes wrong and nothing moves any more: what the world then waits for. */
  rested?(blockers: readonly Blocker[]): void;
  /** The store has said that these records are durable. */
  durable?(records: readonly Uint8Array[]): void;
  /** An adapter was given an intent, in the world of this moment; it may not be known yet. */
  started?(call: EffectCall, world: World | undefined): void;
  /** The world goes back behind a record. Until it is said that it has, it may also not. */
  rewinding?(seq: number): void;
  /** It has, and these records have followed and are durable. */
  rewound?(seq: number, records: readonly Uint8Array[]): void;
  /** A life has ended, somehow. */
  ended?(remains: Remains): void;
  /** One bit of what it has left was turned: what was found then, or the code of who noticed. */
  flipped?(found: FlippedRemains | string): void;
  /** All lives have ended, the last of them well; in some seeds the host has verified all of it. */
  finished?(remains: Remains, verified: VerifyReport | undefined): void;
}

/** What a checker is made with. */
interface Watched {
  /** Says what is wrong. */
  readonly tell: (problem: string) => void;
  readonly genesis: Genesis;
  readonly constitution: SimConstitution;
}

export type NewChecker = (watched: Watched) => Checker;

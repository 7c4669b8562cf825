/**
 * Which faults are about, and how often. Each life has only some of them: where everything fails
 * at once nothing gets far enough to fail in a new way.
 */
import type { Random } from '../random.js';
import type { DiskFate, DiskOperation } from '../sim-disk.js';

/** What enough seeds must have met, or the simulation does not say what it seems to. */
export const FAULTS = [
  'fault adapter-fails',
  'fault adapter-throws',
  'fault bit-flip-at-rest',
  'fault bit-flip-on-read',
  'fault clock-back',
  'fault clock-forward',
  'fault crash-during-apply',
  'fault crash-during-close',
  'fault disk-full',
  'fault error-on-flush',
  'fault error-on-name',
  'fault error-on-read',
  'fault error-on-write',
  'fault kill',
  'fault power-loss',
  'fault receipt-duplicate',
  'fault receipt-forged',
  'fault receipt-late',
  'fault receipt-lost',
  'fault receipt-reordered',
  'fault receipt-slow',
  'fault rewind',
  'fault short-write',
  'fault verb-forged',
  'fault verb-overtaken',
  'fault writes-kept',
  'fault writes-lost',
  'fault writes-reordered',
  'fault writes-torn',
] as const;

const places = (folder: string, ...names: readonly string[]) =>
  names.map((name) => `${folder}/${name}`);
const written = [
  ...places('/world/journal', 'N.log', 'compact-N', 'draft-N'),
  ...places('/world', 'journal.creating/N.log', 'journal.rewinding/N.log'),
];
const folders = [
  ...places('', '', 'world', 'world/journal', 'world/journal.creating', 'world/journal.rewinding'),
  ...places('/world', 'rewound', 'rewound/N', 'rewound/N/world'),
];

/** Where a world is while it goes back. */
export const REWIND_SEAMS: readonly string[] = [
  ...folders.slice(4).map((place) => `flush ${place}`),
  'write /world/journal.rewinding/N.log',
  'flush /world',
];

/** What a process waits for, as the scheduler names it: a crash comes at each of them. */
export const SEAMS: readonly string[] = [
  ...[...written, ...folders, '/world/journal/cut-N'].map((place) => `flush ${place}`),
  ...[...written, '/world/journal/cut-N', '/world/journal/N.index'].map(
    (place) => `write ${place}`,
  ),
  ...written.slice(1).map((place) => `truncate ${place}`),
  'an answer',
  'the signer',
];

const ABOUT_CHANCE = 0.3;

export class Weather {
  readonly #read: number;
  readonly #readFlip: number;
  readonly #write: number;
  readonly #short: number;
  readonly #flush: number;
  readonly #name: number;
  /** Operations after which the disk is full. */
  #roomLeft: number;
  /** Of starts of adapters. */
  readonly outside: number;
  /** Chances that a process dies that applies a change or closes, and that the clock is set. */
  readonly killDuringApply: number;
  readonly clock: number;
  readonly killDuringClose: number;

  /** A fair one has no faults at all. */
  constructor(
    private readonly random: Random,
    sky: 'fair' | 'foul',
    private readonly count: (fault: (typeof FAULTS)[number], about: string) => void,
  ) {
    const odds = (most: number) => {
      const isAbout = random.chance(ABOUT_CHANCE);
      return isAbout && sky === 'foul' ? most : 0;
    };
    this.#read = odds(0.005);
    this.#readFlip = odds(0.005);
    this.#write = odds(0.01);
    this.#short = odds(0.01);
    this.#flush = odds(0.01);
    this.#name = odds(0.01);
    this.#roomLeft = odds(1) === 1 ? random.below(150) : Number.POSITIVE_INFINITY;
    this.outside = random.pick([0.1, 0.4, 0.8]) * odds(1);
    this.killDuringApply = odds(0.8);
    this.clock = odds(0.8);
    this.killDuringClose = odds(0.8);
  }

  /** How an operation of the disk goes wrong, if it does. */
  readonly diskFate = ({ kind, path }: DiskOperation): DiskFate | undefined => {
    if (kind === 'write' || (kind === 'name' && this.#roomLeft <= 0)) {
      this.#roomLeft -= 1;
      if (this.#roomLeft < 0) return this.#happens('fault disk-full', path, 'ENOSPC');
    }
    switch (kind) {
      case 'read':
        if (this.random.chance(this.#read)) return this.#happens('fault error-on-read', path);
        if (!this.random.chance(this.#readFlip)) return undefined;
        return this.#happens('fault bit-flip-on-read', path, 'flip');
      case 'write':
        if (this.random.chance(this.#write)) return this.#happens('fault error-on-write', path);
        if (!this.random.chance(this.#short)) return undefined;
        return this.#happens('fault short-write', path, 'short-write');
      case 'name':
        if (!this.random.chance(this.#name)) return undefined;
        return this.#happens('fault error-on-name', path);
      default:
        if (!this.random.chance(this.#flush)) return undefined;
        return this.#happens('fault error-on-flush', path);
    }
  };

  #happens(fault: (typeof FAULTS)[number], path: string, fate: DiskFate = 'EIO'): DiskFate {
    this.count(fault, path);
    return fate;
  }
}

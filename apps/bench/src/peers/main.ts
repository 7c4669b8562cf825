/**
 * `npm run bench -- peers`: installs the peers where they are missing, compares, and answers with
 * the rows and with what one has to know to read them.
 */
import { cpus, release, totalmem } from 'node:os';
import { type Row, runMeasures } from '../measure.js';
import { measures as flush } from '../measures/flush.js';
import { systems } from '../systems/index.js';
import { installPeers, versionsOf } from '../systems/peer-folder.js';
import type { System, SystemFacts } from '../systems/system.js';
import { compare } from './compare.js';
import { type Effort, FULL, QUICK } from './effort.js';
import type { PeerRow } from './rows.js';

const GIB = 2 ** 30;

export interface PeerReport {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly effort: Effort;
  readonly systems: readonly (Omit<SystemFacts, 'packages'> & {
    readonly name: string;
    readonly versions: Readonly<Record<string, string>>;
  })[];
  readonly rows: readonly (PeerRow | Row)[];
}

export interface PeerOptions {
  readonly isQuick: boolean;
  /** Only systems whose names begin so. */
  readonly prefixes: readonly string[];
  tell(what: string): void;
}

export async function comparePeers({ isQuick, prefixes, tell }: PeerOptions): Promise<PeerReport> {
  const effort = isQuick ? QUICK : FULL;
  const asked = systems.filter(
    ({ name }) => prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix)),
  );
  if (asked.length === 0) throw new Error(`no system begins so: ${prefixes.join(', ')}`);
  const absent = await findAbsent(asked, tell);
  const probe = await runMeasures(flush, effort.rounds);
  const figures = await compare(asked, effort, { absent, tell });
  return {
    machine: machineFacts(),
    effort,
    systems: asked.map(({ name, facts: { packages, ...facts } }) => {
      return { name, ...facts, versions: versionsOf(packages) };
    }),
    rows: [...probe, ...figures.flatMap((each) => each.rows())],
  };
}

/** Systems that cannot be measured here, each with the reason. */
async function findAbsent(
  asked: readonly System[],
  tell: (what: string) => void,
): Promise<ReadonlyMap<string, string>> {
  const peers = asked.filter(({ facts }) => facts.packages.length > 0);
  if (peers.length === 0) return new Map();
  tell('installing the peers, if they are not there');
  try {
    const failed = await installPeers();
    return new Map(
      peers.flatMap(({ name, facts }) => {
        const reasons = facts.packages.flatMap((each) => failed.get(each) ?? []);
        return reasons.length === 0 ? [] : [[name, `not installed: ${reasons.join('; ')}`]];
      }),
    );
  } catch (error) {
    return new Map(peers.map(({ name }) => [name, `not installed: ${String(error)}`]));
  }
}

function machineFacts(): PeerReport['machine'] {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model ?? 'unknown',
    cores: cpus().length,
    memory_gib: Math.round(totalmem() / GIB),
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
  };
}

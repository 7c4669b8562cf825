/**
 * What the runtime and the independent verifier make of one world, held against each other.
 *
 * V1 What the verifier refuses, the runtime refuses: its chain, its closure or its replay.
 * V2 What the runtime refuses, the verifier refuses, but for what only a replay tells (a record
 *    that follows, is signed, and says something else than the world does), and for objects that
 *    belong to no world, which harm nobody who only reads.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sha256 } from '@aos/canon';
import { type HostEngine, verifyChain, verifyWorld } from '@aos/host';
import type { WorldStore } from '@aos/protocol';
import { holds } from '@aos/testing/fuzz';
import { puppetEngine } from '../golden/puppet.js';
import { codeOf, isExplained, root } from './codes.js';
import { once } from './golden-life.js';

/** The verifier of `tooling/`: what it finds against a bundle. */
type Findings = (bundle: Buffer) => readonly string[];

export const independent = once(async (): Promise<Findings> => {
  const url = pathToFileURL(join(root, 'tooling/verifier/verify.mjs')).href;
  const { Verifier } = await import(/* @vite-ignore */ url);
  return (bytes) => new Verifier(bytes, undefined).findings;
});

/** Of puppets: whatever is stored of a module is taken for it. */
const puppets: HostEngine = {
  ...puppetEngine,
  load: (bytes) => ({ ok: true, value: sha256(bytes) }),
};

/** Why the runtime does not take it; `undefined` where it does. */
interface Verdict {
  /** Without running anything. */
  readonly chain: string | undefined;
  readonly replay: string | undefined;
}

export function verdictOn(store: WorldStore): Verdict {
  const { failure } = verifyChain(store);
  if (failure !== undefined) isExplained(failure.code);
  return { chain: failure?.code, replay: replayOf(store) };
}

function replayOf(store: WorldStore): string | undefined {
  try {
    const report = verifyWorld(store, puppets);
    if (report.ok) return undefined;
    const { difference, snapshot, heads } = report;
    if (difference !== undefined) isExplained(difference.code);
    return difference?.code ?? (heads.different.length > 0 ? 'head-different' : snapshot);
  } catch (error) {
    return codeOf(error);
  }
}

/** `extra` where there are objects that do not belong to the world. */
export function agree(
  { chain, replay }: Verdict,
  findings: readonly string[],
  extra = false,
): void {
  const isTaken = chain === undefined && replay === undefined && !extra;
  const found = findings.join('; ');
  holds(findings.length === 0 || !isTaken, 'what the verifier refuses is refused', () => found);
  holds(chain === undefined || findings.length > 0, 'both find it false', () => chain ?? '');
  holds(chain === undefined || replay !== undefined, 'what does not follow does not replay');
}

/** A recorded world under the manifest of an authoring folder. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { decode, toHashText } from '@aos/canon';
import {
  foundWorld,
  type ReplayCandidate,
  readAuthoringFolder,
  replayCandidate,
  systemClock,
  systemEntropy,
} from '@aos/host';
import { isSameChain, isSameReplay, modulesOf, printReplayReport, type World } from '@aos/kernel';
import { renderValue, type WorldStore } from '@aos/protocol';
import { newEngine } from '../../compose/engine.js';
import { findingsError } from '../../findings.js';
import { type Answer, CliError } from '../../output.js';
import { unwrap } from '../../refusals.js';
import type { ProgressLine } from '../../terminal/progress.js';
import type { ReplayOptions, ReplayTarget } from './target.js';

export function replayWithFolder(
  { store, durable }: ReplayTarget,
  path: string,
  { from, to = durable, limit, ignoreFuel }: ReplayOptions,
  progress: ProgressLine,
): Answer {
  const folder = folderOf(path);
  const engine = newEngine();
  const { report, bytes, hash } = replayCandidate(
    store,
    engine,
    (start) => candidateOf(folder, start, { store, engine }),
    { ...(from === undefined ? {} : { from }), to, rows: limit, onRecord: progress.tell },
  );
  const isEqual = isSameReplay(report, { fuel: ignoreFuel === true });
  const isIdentical = isSameChain(report);
  const data = {
    equal: isEqual,
    identical: isIdentical,
    report_hash: toHashText(hash),
    report: renderValue(unwrap(decode(bytes)), 'shape'),
  };
  const verdict = isIdentical ? 'the same journal, byte for byte' : 'the same, as far as it shows';
  const lines = [
    ...printReplayReport(report),
    `report ${data.report_hash}`,
    ...(isEqual ? [`EQUAL: ${verdict}`] : []),
  ];
  if (isEqual) return { data, lines };
  const { first_divergence: first } = report.run;
  const where = first === null ? '' : ` from record ${first.at} on`;
  const message = `the candidate does not do what was done${where}; the report says what differs`;
  return { data, lines, error: new CliError('replay-different', message) };
}

/** An authoring folder, or its `air/`. */
function folderOf(path: string): string {
  const folder = resolve(path);
  const isAir = basename(folder) === 'air' && !existsSync(join(folder, 'air'));
  return isAir ? dirname(folder) : folder;
}

/** Code that the folder does not bring is that of the world. */
function candidateOf(
  folder: string,
  { program }: World,
  { store, engine }: { readonly store: WorldStore; readonly engine: ReturnType<typeof newEngine> },
): ReplayCandidate {
  const { documents, modules: brought } = readAuthoringFolder(folder);
  const modules = new Map(brought);
  for (const { name, hash } of modulesOf(program.definition)) {
    const code = modules.has(name) ? undefined : store.object(hash);
    if (code !== undefined) modules.set(name, code);
  }
  const ports = { engine, clock: systemClock, fillEntropy: systemEntropy };
  const founded = foundWorld({ documents, modules, keyring: [] }, ports);
  if (founded.ok) return founded.founded;
  if (founded.refusal !== undefined) throw CliError.of(founded.refusal);
  throw findingsError(founded.findings, folder);
}

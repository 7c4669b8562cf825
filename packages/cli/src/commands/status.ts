/** `aos status`: what a world is, how it stands, and whether its authoring folder has drifted. */
import type { StatusShape } from '@aos/protocol';
import { withAccess } from '../access/with-access.js';
import { tailWarnings } from '../journal-end.js';
import { dataOf } from '../json-values.js';
import type { Answer } from '../output.js';

export async function showStatus(world: string): Promise<Answer> {
  return withAccess(world, 'read', async (asked) => {
    const status = await asked.call('status', { authoring: true });
    return {
      data: dataOf(status),
      lines: printStatus(status),
      warnings: warningsOf(status),
    };
  });
}

function printStatus(status: StatusShape): readonly string[] {
  const { runtime, snapshot } = status;
  const known = snapshot === null ? 'none' : `after record ${snapshot.seq}`;
  return [
    `world      ${status.world ?? '(in memory)'}`,
    `world id   ${status.world_id}`,
    `manifest   ${status.manifest}`,
    `records    ${status.head + 1}`,
    ...printLive(status),
    `snapshot   ${known}`,
    `authoring  ${status.authoring ?? 'absent'}`,
    `runtime    kernel ${runtime.kernel}, abi ${runtime.abi}, guard ${runtime.guard}, ` +
      `${runtime.fuel_per_call} fuel a call`,
  ];
}

function printLive({ live }: StatusShape): string[] {
  if (live === null) return ['mode       it does not open'];
  const why = live.halt_code === null ? '' : ` (${live.halt_code})`;
  return [
    `mode       ${live.mode}${why}, epoch ${live.epoch}`,
    `open       ${live.open_intents} intents, ${live.plan_instances} plan instances, ` +
      `${live.pending} pieces of work left over`,
  ];
}

function warningsOf({ trouble, halt, tail }: StatusShape): readonly string[] {
  return [
    ...(trouble === null ? [] : [`the world does not open [${trouble.code}]: ${trouble.message}`]),
    ...(halt === null ? [] : [haltWarning(halt)]),
    ...(tail === null ? [] : tailWarnings(tail)),
  ];
}

function haltWarning({ seq, code, detail }: NonNullable<StatusShape['halt']>): string {
  return `a defect halted the world after record ${seq} [${code}]: ${detail}`;
}

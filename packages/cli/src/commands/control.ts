/** `aos control`: what of a world runs. Every verb is signed with an operator's key. */
import { signClearance } from '@aos/host';
import type { Verb } from '@aos/protocol';
import { describeAck } from '../acks.js';
import { signerOf } from '../compose/open-host.js';
import { type Answer, CliError } from '../output.js';
import { withHost } from '../world/open-world.js';
import { submitVerb } from '../world/signed-verbs.js';

export type ModeVerb = 'drain' | 'halt' | 'pause' | 'resume';

export interface ControlOptions {
  /** Name of the key that signs. */
  readonly as: string;
  /** Why a world is halted, as a code of lower-case words. */
  readonly reason?: string;
}

const DEFAULT_REASON = 'by-operator';

/** What a world in each mode does, as people are told. */
const MEANINGS = {
  running: 'it takes inputs and runs',
  paused: 'nothing runs; receipts are journaled and delivered later',
  draining: 'it takes no events; what it has begun goes on',
  halted: 'nothing runs until it is resumed',
} as const;

export async function controlWorld(
  path: string,
  verb: ModeVerb,
  { as, reason }: ControlOptions,
): Promise<Answer> {
  const says: Verb = verb === 'halt' ? { verb, code: reason ?? DEFAULT_REASON } : { verb };
  const { ack, world } = await submitVerb(path, as, () => says);
  const { data, lines } = describeAck(ack);
  const { mode } = world;
  return {
    data: { ...data, mode, halt_code: world.haltCode },
    lines: [`the world is ${mode}: ${MEANINGS[mode]}`, ...lines],
    done: `the world is ${mode} since record ${ack.seq}`,
  };
}

/** Ends the halt that a defect brought about; the report is shown once more. */
export async function clearHalt(path: string, { as }: ControlOptions): Promise<Answer> {
  const signer = signerOf(path, as);
  return withHost(path, async (host) => {
    const { halt } = host;
    if (halt === undefined) throw new CliError('halt-none', 'no defect has halted this world');
    const { worldId } = await host.read((world) => world);
    const refusal = await host.clearHalt(signClearance(signer, worldId, halt));
    if (refusal !== undefined) throw CliError.of(refusal);
    const { seq, code, detail } = halt;
    return {
      data: { cleared: { seq, code, detail } },
      lines: [`cleared: ${code} after record ${seq}`, ...detail.split('\n')],
      done: 'the halt is cleared',
    };
  });
}

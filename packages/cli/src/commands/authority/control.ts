/** `aos control`: what of a world runs. Every verb is signed with an operator's key. */
import { signClearance } from '@aos/host';
import type { Verb } from '@aos/protocol';
import { hashOf, submitVerb } from '../../access/signed-verbs.js';
import { withAccess } from '../../access/with-access.js';
import { describeAck } from '../../acks.js';
import { signerOf } from '../../compose/keys.js';
import { type Answer, CliError } from '../../output.js';

export type ModeVerb = 'drain' | 'halt' | 'pause' | 'resume';

export interface ControlOptions {
  /** Name of the key that signs. */
  readonly as: string;
  /** Why a world is halted, as a code of lower-case words. */
  readonly reason?: string;
}

const DEFAULT_REASON = 'by-operator';

/** What a world in each mode does, as people are told. */
const MEANINGS: Readonly<Record<string, string>> = {
  running: 'it takes inputs and runs',
  paused: 'nothing runs; receipts are journaled and delivered later',
  draining: 'it takes no events; what it has begun goes on',
  halted: 'nothing runs until it is resumed',
};

export async function controlWorld(
  path: string,
  verb: ModeVerb,
  { as, reason }: ControlOptions,
): Promise<Answer> {
  const says: Verb = verb === 'halt' ? { verb, code: reason ?? DEFAULT_REASON } : { verb };
  const signer = signerOf(path, as);
  return withAccess(path, 'write', async (asked) => {
    const ack = await submitVerb(asked, signer, says);
    const { live } = await asked.call('status', {});
    const { data, lines } = describeAck(ack);
    const { mode = 'unknown', halt_code = null } = live ?? {};
    return {
      data: { ...data, mode, halt_code },
      lines: [`the world is ${mode}: ${MEANINGS[mode] ?? ''}`, ...lines],
      done: `the world is ${mode} since record ${ack.seq}`,
    };
  });
}

/** Ends the halt that a defect brought about; the report is shown once more. */
export async function clearHalt(path: string, { as }: ControlOptions): Promise<Answer> {
  const signer = signerOf(path, as);
  return withAccess(path, 'write', async (asked) => {
    const { halt, world_id } = await asked.call('status', {});
    if (halt === null) throw new CliError('halt-none', 'no defect has halted this world');
    const { keyId, sig } = signClearance(signer, hashOf(world_id), { kind: 'halt', ...halt });
    const { seq, code, detail } = await asked.call('halt.clear', { key_id: keyId, sig });
    return {
      data: { cleared: { seq, code, detail } },
      lines: [`cleared: ${code} after record ${seq}`, ...detail.split('\n')],
      done: 'the halt is cleared',
    };
  });
}

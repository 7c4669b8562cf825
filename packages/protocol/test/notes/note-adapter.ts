import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodePlain, toHex } from '@aos/canon';
import { type Adapter, type EffectFailure, failedOutcome, okOutcome } from '@aos/protocol';

const fail = (status: EffectFailure['status'], code: string, message: string) =>
  failedOutcome({ status, code, message, retry: code === 'note-disk' ? 'later' : 'never' });

/** Writes notes into a folder, a file for each intent: starting one again changes nothing. */
export function createNoteAdapter(folder: string): Adapter {
  let isClosed = false;
  return {
    id: 'acme.notes',
    kinds: ['note.write'],
    async start({ intentHash, params, deadlineNs }, { cancel, clock }) {
      if (isClosed || cancel.isCancelled) return fail('cancelled', 'note-cancelled', 'not wanted');
      const isLate = deadlineNs !== undefined && deadlineNs <= clock.logicalNowNs();
      if (isLate) return fail('timeout', 'note-deadline', 'called after its deadline');
      const read = decodePlain(params);
      const text = read.ok && read.value instanceof Map ? read.value.get('text') : undefined;
      if (typeof text !== 'string') return fail('error', 'note-params', 'expected a text');
      const name = `${toHex(intentHash)}.txt`;
      try {
        await writeFile(join(folder, name), text);
        return okOutcome({ name });
      } catch (error) {
        return fail('error', 'note-disk', `cannot write ${name}: ${error}`);
      }
    },
    async close() {
      isClosed = true;
    },
  };
}

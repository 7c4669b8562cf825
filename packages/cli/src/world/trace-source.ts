/** The journal of a world, read whole, as traces and explanations want it. */
import type { TraceSource } from '@aos/host';
import { CauseIndex, type Journal, JournalView } from '@aos/kernel';
import type { WorldStore } from '@aos/protocol';
import { CliError } from '../output.js';
import type { ReadWorld } from './open-world.js';

export function traceSourceOf({ world, store }: ReadWorld): TraceSource {
  const ports = { definition: world.program.definition, object: store.object.bind(store) };
  return { journal: journalOf(store), ports, world };
}

/** The whole journal is read once; nothing of the index is kept. */
function journalOf(store: WorldStore): Journal {
  const index = new CauseIndex();
  for (const bytes of store.records(0)) {
    const added = index.add(bytes);
    if (!added.ok) throw CliError.of(added.refusal);
  }
  const view = new JournalView((seq) => {
    const [bytes] = store.records(seq);
    return bytes;
  });
  return { index, view };
}

/**
 * How commands reach a world: through the daemon that has it, else by opening it. What they print
 * is made of the answers alone, hence the same either way.
 */
import { type Refusal, RefusalError } from '@aos/canon';
import type {
  ControlArgs,
  ControlItem,
  ControlResult,
  ControlStream,
  ControlVerb,
  WorldAccess,
} from '@aos/protocol';
import { type Answer, CliError } from '../output.js';
import { connectDaemon } from './daemon-access.js';
import { openForReading, openForWriting } from './local-access.js';

/** What is done with a world: only its files looked at, read as a world, or written. */
export type Need = 'files' | 'read' | 'write';

/** Runs `use` on a world, and tells what deserves a look about how it was opened. */
export async function withAccess(
  world: string,
  need: Need,
  use: (access: Asked) => Promise<Answer>,
): Promise<Answer> {
  const access = await openAccess(world, need);
  try {
    const asked = new Asked(access);
    const answer = await use(asked);
    if (need === 'files') return answer;
    const { warnings = [] } = answer;
    return { ...answer, warnings: [...(await openingWarnings(asked)), ...warnings] };
  } finally {
    await access.close();
  }
}

async function openAccess(world: string, need: Need): Promise<WorldAccess> {
  const daemon = await connectDaemon(world);
  if (daemon !== undefined) return daemon;
  return need === 'write' ? openForWriting(world) : openForReading(world);
}

/** Asks a world; an expected no is thrown. */
export class Asked {
  constructor(readonly access: WorldAccess) {}

  async call<V extends ControlVerb>(verb: V, args: ControlArgs<V>): Promise<ControlResult<V>> {
    const answer = await this.access.call(verb, args);
    if (answer.ok) return answer.value;
    throw CliError.of(ownPath(answer.refusal));
  }

  stream<V extends ControlStream>(verb: V, args: ControlArgs<V>): AsyncIterable<ControlItem<V>> {
    return {
      [Symbol.asyncIterator]: () => {
        const items = this.access.stream(verb, args)[Symbol.asyncIterator]();
        return {
          next: () => items.next().catch(rethrow),
          return: async () => (await items.return?.()) ?? { done: true, value: undefined },
        };
      },
    };
  }
}

function rethrow(error: unknown): never {
  throw error instanceof RefusalError ? CliError.of(ownPath(error.refusal)) : error;
}

/** Paths lead into the arguments of verbs; people give those of commands. */
const ARGS = /^\/args(?:\/(?:json|value)(?=\/|$))?/;

function ownPath(refusal: Refusal): Refusal {
  return { ...refusal, at: refusal.at.replace(ARGS, '') };
}

async function openingWarnings(asked: Asked): Promise<readonly string[]> {
  const { live } = await asked.call('status', {});
  const passedOver = live?.passed_over ?? null;
  if (passedOver === null) return [];
  const { code, detail } = passedOver;
  return [`the last snapshot was passed over [${code}]: ${detail}; the journal was replayed`];
}

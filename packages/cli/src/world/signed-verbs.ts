/** Verbs that the CLI signs with a key of `$AOS_HOME/keys`, on a world opened for writing. */
import { type Ack, signVerb, type WorldHost } from '@aos/host';
import type { World } from '@aos/kernel';
import type { Verb } from '@aos/protocol';
import { signerOf } from '../compose/open-host.js';
import { CliError } from '../output.js';
import { withHost } from './open-world.js';

/** What a verb came to: its acknowledgement, and the world right after its record. */
export interface VerbOutcome {
  readonly ack: Ack;
  readonly world: World;
}

/** Signs what `choose` makes of the world with the key of that name, and hands it in. */
export async function submitVerb(
  path: string,
  as: string,
  choose: (world: World) => Verb,
): Promise<VerbOutcome> {
  const signer = signerOf(path, as);
  return withHost(path, async (host) => {
    const verb = await host.read((world) => signVerb(signer, world, choose(world)));
    const ack = await acknowledged(host, verb);
    return { ack, world: await host.read((world) => world) };
  });
}

/** The acknowledgement, or the refusal as an error. */
export async function acknowledged(
  host: WorldHost,
  input: Parameters<WorldHost['submit']>[0],
): Promise<Ack> {
  const answer = await host.submit(input);
  if (answer.ok) return answer.value;
  throw CliError.of(answer.refusal);
}

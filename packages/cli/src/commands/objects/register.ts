/** `aos obj register`: a new version of an object. */
import type { PlainRecord } from '@aos/protocol';
import { ackOf } from '../../access/signed-verbs.js';
import { type Asked, withAccess } from '../../access/with-access.js';
import { describeAck, faultWarnings } from '../../acks.js';
import { dataOf } from '../../json-values.js';
import { type Answer, CliError } from '../../output.js';
import { readBytes } from '../reading/blob.js';
import { CATALOG, latestOf, type ObjectVersion, printObject, versionsOf } from './catalog.js';

export interface RegisterOptions {
  readonly kind: string;
  readonly tag?: readonly string[];
  readonly owner: string;
  /** An object that is stored already, instead of a file. */
  readonly hash?: string;
  readonly dedup?: string;
}

const REGISTERED = 'sys/ObjectRegistered@1';

const NS_PER_MS = 1_000_000n;

/** Stores the bytes of `file`, or takes those of `hash`, and registers them. */
export async function registerObject(
  path: string,
  name: string,
  file: string | undefined,
  options: RegisterOptions,
): Promise<Answer> {
  const { kind, tag: tags = [], owner, hash: known, dedup } = options;
  if ((file === undefined) === (known === undefined)) {
    throw new CliError('usage', 'expected either a file or --hash');
  }
  const bytes = file === undefined ? undefined : readBytes(file);
  return withAccess(path, 'write', async (asked) => {
    const hash = bytes === undefined ? await knownHash(asked, known) : await stored(asked, bytes);
    const created_at = BigInt(Date.now()) * NS_PER_MS;
    const meta = { name, kind, hash, tags: [...new Set(tags)], created_at, owner };
    return register(asked, meta, dedup);
  });
}

async function stored(asked: Asked, bytes: Uint8Array): Promise<string> {
  return (await asked.call('blob.put', { bytes })).hash;
}

/** Code: `blob-unknown`. */
async function knownHash(asked: Asked, hash = ''): Promise<string> {
  await asked.call('blob.get', { hash, offset: 0, length: 0 });
  return hash;
}

async function register(
  asked: Asked,
  meta: PlainRecord & { readonly name: string; readonly hash: string },
  dedup: string | undefined,
): Promise<Answer> {
  const once = dedup === undefined ? {} : { dedup };
  const ack = ackOf(
    await asked.call('event.send', { schema: REGISTERED, value: { meta }, ...once }),
  );
  const { data, lines } = describeAck(ack);
  const { state } = await asked.call('state.get', { reducer: CATALOG, key: meta.name });
  const found = state === null ? undefined : latestOf(versionsOf(meta.name, state));
  const warnings = faultWarnings(ack);
  if (found === undefined || ack.faults.length > 0) {
    const [why = `no route leads ${REGISTERED} to ${CATALOG}`] = warnings;
    const message = `record ${ack.seq} registered nothing: ${why}`;
    return { data, lines, error: new CliError('object-not-registered', message) };
  }
  return {
    data: { ...data, ...(dataOf({ object: { ...found } }) as object) },
    lines: [printObject(found as ObjectVersion), ...lines],
    warnings,
    done: `version ${found.version} of ${meta.name} is registered`,
  };
}

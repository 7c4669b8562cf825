/** Intents as people name them: by their hash, or by the first digits of it. */
import type { IntentShape } from '@aos/protocol';
import { CliError } from '../output.js';
import { cutValues } from '../shown-text.js';
import type { Asked } from './with-access.js';

/** Fewest hex digits that name an intent. */
const MIN_DIGITS = 6;
const DIGITS = /^(?:sha256:)?[0-9a-f]{6,64}$/;

/**
 * The open intent of a hash, or of the beginning of one. Codes: `intent-unknown`, `intent-settled`.
 */
export async function findIntent(asked: Asked, text: string): Promise<IntentShape> {
  if (!DIGITS.test(text)) throw unknown(text);
  const { intents } = await asked.call('intents.list', { prefix: text, limit: 2 });
  const [found, another] = intents;
  if (found === undefined) throw await whyNotOpen(asked, text);
  if (another === undefined) return found;
  const message = `several open intents begin with '${text}'; write more digits`;
  throw new CliError('intent-unknown', message);
}

/** What has ended is told as that. */
async function whyNotOpen({ access }: Asked, text: string): Promise<CliError> {
  const traced = await access.call('trace', { what: text });
  const digits = text.replace(/^sha256:/, '');
  const effects = traced.ok ? traced.value.effects : [];
  const ended = effects.find(({ intent }) => intent.startsWith(`sha256:${digits}`));
  if (ended === undefined) return unknown(text);
  const place = ended.settled_at ?? ended.decisions.at(-1)?.at ?? '';
  const was = `it was ${ended.standing} at ${place}`;
  const message = `the intent '${text}' is over: ${was}; see 'aos trace ${text}'`;
  return new CliError('intent-settled', message);
}

function unknown(text: string): CliError {
  const message =
    `no open intent '${cutValues(text)}'; 'aos intents' lists those there are, ` +
    `and a hash may be cut to ${MIN_DIGITS} digits while only one begins so`;
  return new CliError('intent-unknown', message);
}

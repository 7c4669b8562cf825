/** The receipt of an intent that people name by its hash, the first digits of it, or its record. */
import type { Asked } from '../../access/with-access.js';
import { CliError } from '../../output.js';
import { cutValues } from '../../shown-text.js';

const WHOLE = /^sha256:[0-9a-f]{64}$/;
const RECORD = /^@(\d{1,15})$/;
const MAX_RECEIPTS = 1000;

/** The record of the receipt that settled it. Codes: `intent-unknown`, `receipt-missing`. */
export async function findReceipt(asked: Asked, text: string): Promise<number> {
  const [, seq] = RECORD.exec(text) ?? [];
  if (seq !== undefined) return Number(seq);
  const intent = WHOLE.test(text) ? text : await findWhole(asked, text);
  const { receipts } = await asked.call('receipts.list', { intent, limit: MAX_RECEIPTS });
  const found = receipts.find(({ outcome }) => outcome === 'settled') ?? receipts.at(-1);
  if (found !== undefined) return found.seq;
  const message = `the world took in no receipt for '${cutValues(text)}'`;
  throw new CliError('receipt-missing', `${message}; see 'aos effects' for how it stands`);
}

async function findWhole(asked: Asked, text: string): Promise<string> {
  const { effects } = await asked.call('trace', { what: text });
  const digits = text.replace(/^sha256:/, '');
  const found = effects.find(({ intent }) => intent.startsWith(`sha256:${digits}`));
  if (found !== undefined) return found.intent;
  const message = `no intent '${cutValues(text)}'; 'aos receipts' lists what was answered`;
  throw new CliError('intent-unknown', message);
}

/** Who may say how effects ended, as a journal shows it. */
import { sha256, utf8 } from '@aos/canon';
import type { Genesis, JournalRecord, KeyRole } from '@aos/protocol';
import { describe, expect, it } from 'vitest';
import { AuthorityLaws } from './authority-laws.js';

const keyId = sha256(utf8('a key'));
const epochArgs = new Map([['epoch', 1]]);

function take(roles: readonly KeyRole[], inputs: readonly object[]): void {
  const keyring = [{ keyId, name: 'somebody', roles }];
  const genesis = { manifest: sha256(utf8('')), keyring } as unknown as Genesis;
  const unasked = () => {
    throw new Error('nothing is defined here');
  };
  const laws = new AuthorityLaws({ genesis, definition: unasked, intended: unasked });
  for (const [seq, input] of inputs.entries())
    laws.check({ seq, input, entries: [] } as unknown as JournalRecord);
}

const inline = utf8('a payload');
const payloadHash = sha256(inline);
const receipt = (epoch: number, by = keyId) => ({
  kind: 'receipt',
  receipt: { epoch, payloadHash },
  payload: { inline },
  keyId: by,
});
const frame = (epoch: number) => ({
  kind: 'stream-frame',
  frame: { epoch, payloadHash },
  payload: { inline },
  keyId,
});
const begins = { kind: 'control', verb: 'epoch', args: epochArgs, keyId, nonce: utf8('once') };

describe('how an effect ended is said', () => {
  it('in the epoch in force', () => {
    take(['host', 'operator'], [receipt(0), frame(0), begins, receipt(1), frame(1)]);
    expect(() => take(['host', 'operator'], [begins, receipt(0)])).toThrow(
      'record 1 is of epoch 0',
    );
    expect(() => take(['host', 'operator'], [begins, frame(0)])).toThrow('record 1 is of epoch 0');
  });

  it('by a key that may say so', () => {
    take(['adapter'], [receipt(0)]);
    const why = 'record 0 is signed by a key that may not';
    expect(() => take(['operator'], [receipt(0)])).toThrow(why);
    expect(() => take(['host'], [receipt(0, sha256(utf8('another')))])).toThrow(why);
  });

  it('with what was signed', () => {
    const swapped = { ...receipt(0), payload: { inline: utf8('another') } };
    expect(() => take(['host'], [swapped])).toThrow('record 0 has another payload');
    take(['host'], [{ ...receipt(0), payload: { ref: payloadHash } }]);
  });
});

describe('a verb is said', () => {
  it('once', () => {
    const again = { ...begins, args: new Map([['epoch', 2]]) };
    expect(() => take(['operator'], [begins, again])).toThrow('record 1 was said before');
    take(['operator'], [begins, { ...again, nonce: utf8('twice') }]);
  });

  it('by a key that may say it', () => {
    const why = 'record 0 is said by a key that may not';
    expect(() => take(['approver'], [begins])).toThrow(why);
  });
});

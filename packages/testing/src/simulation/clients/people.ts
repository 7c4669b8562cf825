/** Who acts on a simulated world: the same people with the same keys in every seed. */
import type { Signer } from '@aos/host';
import { TestKeys } from '../../test-world/test-keys.js';

const KEYS = new TestKeys({ adapter: ['adapter'], ana: ['approver'], ben: ['approver'] });

type Known = 'adapter' | 'ana' | 'ben' | 'host' | 'newcomer' | 'operator';

export const KEYRING = KEYS.entries;

export const PEOPLE: Readonly<Record<Known, Signer>> = {
  adapter: KEYS.signer('adapter'),
  ana: KEYS.signer('ana'),
  ben: KEYS.signer('ben'),
  host: KEYS.signer('host'),
  // some add its key, none of the first has it
  newcomer: new TestKeys({ newcomer: ['approver'] }).signer('newcomer'),
  operator: KEYS.signer('operator'),
};

/** Signs as somebody whom no world knows. */
export const STRANGER: Signer = new TestKeys({ stranger: ['operator'] }).signer('stranger');

/** Those who may decide on something. */
export const VOTERS: readonly Signer[] = [PEOPLE.ana, PEOPLE.ben, PEOPLE.operator];

import { encode } from '@aos/canon';
import { expect, it } from 'vitest';
import { sampleRecord } from './sample-record.js';

it('the sample record has about 300 bytes', () => {
  const { length } = encode(sampleRecord);
  expect(length).toBeGreaterThan(280);
  expect(length).toBeLessThan(330);
});

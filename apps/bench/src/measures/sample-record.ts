/**
 * The record that codecs are measured with: about 300 bytes, the mix of a journal record: short
 * texts, integers of every width, a hash, a map and a list inside.
 */
export const sampleRecord = {
  kind: 'domain-event',
  schema: 'demo/OrderPlaced@1',
  seq: 184_467,
  // Beyond 2^53: every codec must carry all 64 bits.
  now_ns: 1_764_000_000_123_456_789n,
  logical_now_ns: 86_400_000_000_000,
  prev: Uint8Array.from({ length: 32 }, (_, i) => (i * 37) & 0xff),
  replayed: false,
  value: {
    order: 'ord-000184467',
    customer: 'Ada Example, 12 Long Street, Springfield',
    amount: 129_900,
    currency: 'EUR',
    note: null,
  },
  lines: ['blue lamp, large', 'oak shelf', 7, -3, 65_536, true],
};

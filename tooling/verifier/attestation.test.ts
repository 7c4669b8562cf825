import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const place = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const { verifyAttestation } = await import(new URL('./attestation.mjs', import.meta.url).href);
const vectors = place('../../spec/vectors/interchange/attestations.json');
const text = JSON.stringify(JSON.parse(readFileSync(vectors, 'utf8')).documents.receipt);

describe('the independent reader of attestations', () => {
  it.each([
    ['a name twice', text.replace('"version":', '"version":7,"version":')],
    ['a name twice, once in escapes', text.replace('"type":', '"\\u0074ype":"head","type":')],
    ['a name twice inside', text.replace('"world_id":', '"world_id":"x","world_id":')],
    ['a member more in a signature', text.replace('"public_key":', '"more":1,"public_key":')],
    ['a member more in a place', text.replace('"record":', '"more":1,"record":')],
  ])('refuses %s', (_, document) => {
    expect(verifyAttestation(text)).toEqual([]);
    expect(verifyAttestation(document)[0]).toMatch(/^attestation-shape /);
  });

  it.each([
    [['--key'], vectors],
    [[], place('./nothing.json')],
  ])('answers no question that is not one: %j', (options, file) => {
    const program = place('./attestation.mjs');
    expect(spawnSync(process.execPath, [program, file, ...options]).status).toBe(2);
  });
});

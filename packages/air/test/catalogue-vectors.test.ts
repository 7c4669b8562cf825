/**
 * Definitions of the catalogue are part of the format: what worlds carry by name has the hash that
 * it had (decision 0034). A changed one is another version, in a file more.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { toHashText } from '@aos/canon';
import { expect, it } from 'vitest';
import { BUILTINS, builtinHash } from '../src/builtins/catalogue.js';

const FOLDER = new URL('../../../spec/vectors/catalogue/', import.meta.url);
const pinned = Object.assign(
  {},
  ...readdirSync(FOLDER).map((file) => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))),
);

it('built-in definitions have the hashes that they were released with', () => {
  const hashes = BUILTINS.map(({ $kind, name }) => {
    const hash = builtinHash($kind, name);
    return [`${$kind} ${name}`, hash === undefined ? 'none' : toHashText(hash)];
  });
  expect(Object.fromEntries(hashes)).toEqual(pinned);
});

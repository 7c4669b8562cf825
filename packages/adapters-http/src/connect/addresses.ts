/**
 * Which addresses a connection may go to.
 *
 * A1. A name is resolved once for a connection, and the connection goes to one of the addresses
 *     that were permitted then: no second answer of a name server can lead it elsewhere.
 * A2. An address that stands in a URL is asked about like one that a name stands for.
 */
import { lookup as lookUp } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import type { Refusal } from '@aos/canon';
import { HttpFailure } from '../failure.js';

/** Addresses in text form that a name stands for, in the order in which they are tried. */
export type ResolveName = (name: string) => Promise<readonly string[]>;

/** Says no to addresses of 4 or 16 bytes. */
export type PermitAddress = (address: Uint8Array) => Refusal | undefined;

/** As the operating system resolves names, its hosts file included. */
export async function resolveBySystem(name: string): Promise<readonly string[]> {
  const found = await lookUp(name, { all: true, verbatim: true });
  return found.map(({ address }) => address);
}

/** The bytes of an address in text form, 4 or 16; undefined for what is no address. */
export function addressBytes(text: string): Uint8Array | undefined {
  const [bare = ''] = text.split('%');
  switch (isIP(text)) {
    case 4:
      return Uint8Array.from(text.split('.'), Number);
    case 6:
      return bytesOfGroups(new URL(`http://[${bare}]/`).hostname.slice(1, -1));
    default:
      return undefined;
  }
}

/** Eight groups of hexadecimal digits, `::` for as many zeros as are missing. */
function bytesOfGroups(text: string): Uint8Array {
  const [head = [], tail = []] = text
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const groups = [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** Why an address may not be connected to; undefined when it may. */
export function deniedAddress(text: string, permit: PermitAddress): HttpFailure | undefined {
  const bytes = addressBytes(text);
  if (bytes === undefined) return new HttpFailure('http-name-unknown', `${text} is no address`);
  const refusal = permit(bytes);
  if (refusal === undefined) return undefined;
  const why = `${refusal.code} at ${refusal.at}: ${refusal.detail}`;
  return new HttpFailure('http-address-denied', `${text} is not permitted: ${why}`);
}

/** A lookup for sockets that answers with permitted addresses only. */
export function guardLookup(resolve: ResolveName, permit: PermitAddress): LookupFunction {
  return (name, options, callback) => {
    permittedAddresses(name, resolve, permit).then(
      (found) => {
        const addresses = found.map((address) => ({ address, family: isIP(address) }));
        const [first] = addresses;
        if (options.all === true) callback(null, addresses);
        else callback(null, first?.address ?? '', first?.family);
      },
      (error) => callback(error, ''),
    );
  };
}

async function permittedAddresses(
  name: string,
  resolve: ResolveName,
  permit: PermitAddress,
): Promise<readonly string[]> {
  const found = await resolve(name);
  const judged = found.map((address) => ({ address, denied: deniedAddress(address, permit) }));
  const permitted = judged.filter(({ denied }) => denied === undefined);
  if (permitted.length > 0) return permitted.map(({ address }) => address);
  throw judged[0]?.denied ?? new HttpFailure('http-name-unknown', `${name} has no address`);
}

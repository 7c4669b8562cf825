/**
 * Hosts of URLs: names, IPv4 and IPv6 addresses, each with one spelling.
 *
 * H1. Two texts that name one address have one `text` here; a text that some parser takes for an
 *     address and another one for a name is refused.
 * H2. Names are ASCII in lower case. What is not ASCII must come in its `xn--` form.
 */
import { parseAddress6, printAddress6 } from './address6.js';

/** A host in its one spelling; the bytes of an address, 4 or 16. */
export interface Host {
  readonly text: string;
  readonly address?: Uint8Array;
}

/** Most characters of a name and of one of its labels (RFC 1035 §2.3.4). */
const MAX_NAME = 253;
const MAX_LABEL = 63;

const ASCII = /^\p{ASCII}*$/u;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/;
const OCTET = /^(?:0|[1-9][0-9]{0,2})$/;
/** Last labels that make some parsers read the whole host as a number. */
const NUMERIC = /^(?:[0-9]+|0x[0-9a-f]*)$/;

/** A host as it stands in a URL or in a grant, addresses of 16 bytes in brackets. */
export function parseHost(written: string): Host | undefined {
  if (written.startsWith('[')) return written.endsWith(']') ? parseBracketed(written) : undefined;
  if (written.length > MAX_NAME || !isAscii(written)) return undefined;
  const text = written.toLowerCase();
  const labels = text.split('.');
  if (!labels.every((label) => label.length <= MAX_LABEL && LABEL.test(label))) return undefined;
  if (!NUMERIC.test(labels.at(-1) as string)) return { text };
  const address = parseAddress4(labels);
  return address === undefined ? undefined : { text, address };
}

/** Names that stand for the machine itself (RFC 6761 §6.3). */
export function isLocalName({ text }: Host): boolean {
  return text === 'localhost' || text.endsWith('.localhost');
}

/** Lower-casing maps some foreign letters to ASCII ones, so nothing else may come in. */
export function isAscii(text: string): boolean {
  return ASCII.test(text);
}

function parseBracketed(written: string): Host | undefined {
  const address = parseAddress6(written.slice(1, -1));
  return address === undefined ? undefined : { text: `[${printAddress6(address)}]`, address };
}

/** Four decimal numbers and nothing else: no octal, no hexadecimal, no shorter forms. */
function parseAddress4(labels: readonly string[]): Uint8Array | undefined {
  if (labels.length !== 4 || !labels.every((label) => OCTET.test(label))) return undefined;
  const octets = labels.map(Number);
  return octets.every((octet) => octet <= 255) ? Uint8Array.from(octets) : undefined;
}

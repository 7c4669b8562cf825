/**
 * Receipts of requests, in the version of their parameters.
 *
 * Version 1 has one text for each header name: values are joined by a comma, those of `Set-Cookie`
 * by a line end, which no value contains.
 */
import { type Hash, toHashText } from '@aos/canon';
import { type EffectOutcome, okOutcome } from '@aos/protocol';
import type { TlsFacts } from './connect/open-socket.js';

/** A request that was answered by a redirect. */
export interface Hop {
  readonly status: number;
  readonly method: string;
  readonly url: string;
}

export interface HttpReceipt {
  readonly version: 1 | 2;
  readonly adapterId: string;
  readonly status: number;
  /** The URL that answered. */
  readonly url: string;
  /** By name in lower case, values in the order in which they came. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Absent for a body without bytes. */
  readonly bodyRef: Hash | undefined;
  readonly bodyBytes: number;
  readonly isTruncated: boolean;
  readonly hops: readonly Hop[];
  /** Where the connection led to, as text. */
  readonly address: string;
  readonly tls: TlsFacts | undefined;
  readonly startNs: bigint;
  readonly headersNs: bigint;
  readonly endNs: bigint;
}

export function receiptOutcome(receipt: HttpReceipt): EffectOutcome {
  return okOutcome(receipt.version === 1 ? receipt1(receipt) : receipt2(receipt));
}

function receipt1(receipt: HttpReceipt) {
  const headers = [...receipt.headers].map(([name, values]) => {
    return [name, values.join(name === 'set-cookie' ? '\n' : ', ')] as const;
  });
  return {
    status: receipt.status,
    headers: new Map(headers),
    body_ref: bodyRefOf(receipt),
    timings: { start_ns: receipt.startNs, end_ns: receipt.endNs },
    adapter_id: receipt.adapterId,
  };
}

function receipt2(receipt: HttpReceipt) {
  const { tls } = receipt;
  return {
    status: receipt.status,
    url: receipt.url,
    headers: receipt.headers,
    body_ref: bodyRefOf(receipt),
    body_size: receipt.bodyBytes,
    truncated: receipt.isTruncated,
    redirects: receipt.hops.map(({ status, method, url }) => ({ status, method, url })),
    address: receipt.address,
    tls: tls === undefined ? null : { ...tls },
    timings: {
      start_ns: receipt.startNs,
      headers_ns: receipt.headersNs,
      end_ns: receipt.endNs,
    },
    adapter_id: receipt.adapterId,
  };
}

function bodyRefOf({ bodyRef }: HttpReceipt): string | null {
  return bodyRef === undefined ? null : toHashText(bodyRef);
}

/**
 * What is open on one connection. Sends and reads end soon by themselves: what is beyond their
 * bounds can wait to be read. Waits and streams last as long as they like, so they are counted
 * apart, and what is beyond is refused: however many there are, what comes behind them is read.
 */
import { callKind, isControlStream, MAX_OPEN, type RequestMessage } from '@aos/protocol';

type RequestKind = keyof typeof MAX_OPEN;

/** Bytes of requests that may be open, of the short ones and of the lasting; one may always be. */
const MAX_OPEN_BYTES = 1 << 25;

export interface OfferedRequest {
  readonly request: RequestMessage;
  readonly kind: RequestKind;
  readonly sizeBytes: number;
}

export function offered(request: RequestMessage, sizeBytes: number): OfferedRequest {
  const { verb, args } = request;
  return { request, sizeBytes, kind: isControlStream(verb) ? 'stream' : callKind(verb, args) };
}

class Share {
  count = 0;
  #bytes = 0;

  add(count: 1 | -1, sizeBytes: number): void {
    this.count += count;
    this.#bytes += count * sizeBytes;
  }

  takes(sizeBytes: number): boolean {
    return this.count === 0 || this.#bytes + sizeBytes <= MAX_OPEN_BYTES;
  }
}

export class OpenRequests {
  readonly #ids = new Set<number>();
  readonly #counts: Record<RequestKind, number> = { send: 0, read: 0, wait: 0, stream: 0 };
  readonly #short = new Share();
  readonly #lasting = new Share();

  get isIdle(): boolean {
    return this.#ids.size === 0;
  }

  has(id: number): boolean {
    return this.#ids.has(id);
  }

  /** What becomes of a request: it is begun, held until something was answered, or refused. */
  judge({ kind, sizeBytes }: OfferedRequest): 'begun' | 'held' | 'refused' {
    const hasRoom = this.#counts[kind] < MAX_OPEN[kind] && this.#shareOf(kind).takes(sizeBytes);
    if (hasRoom) return 'begun';
    return isLasting(kind) ? 'refused' : 'held';
  }

  /** It is open from now on; whoever calls what comes back says that it was answered. */
  add({ request: { id }, kind, sizeBytes }: OfferedRequest): () => void {
    const share = this.#shareOf(kind);
    this.#ids.add(id);
    this.#counts[kind] += 1;
    share.add(1, sizeBytes);
    return () => {
      this.#ids.delete(id);
      this.#counts[kind] -= 1;
      share.add(-1, sizeBytes);
    };
  }

  #shareOf(kind: RequestKind): Share {
    return isLasting(kind) ? this.#lasting : this.#short;
  }
}

function isLasting(kind: RequestKind): boolean {
  return kind === 'wait' || kind === 'stream';
}

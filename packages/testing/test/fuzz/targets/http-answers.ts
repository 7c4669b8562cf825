/**
 * Answers of HTTP servers: any bytes at all, cut anyhow, the connection ended, reset or left.
 *
 * The adapter answers with a receipt in its schema, within its bounds, or a failure with a code of
 * its own. What is beyond doubt an answer, by a reader that shares no code with it, is received as
 * it is. Nobody else is asked. The next request is answered by what was said to it alone.
 */
import { createHttpAdapter } from '@aos/adapters-http';
import { encode, type Refusal, type Value } from '@aos/canon';
import type { Adapter, EffectOutcome } from '@aos/protocol';
import { EffectStage, stageCall } from '@aos/protocol/contracts';
import { type FuzzTarget, holds } from '@aos/testing/fuzz';
import { AnsweringServer, FINE, type Told } from '../answering-server.js';
import { once } from '../golden-life.js';
import { type HttpMessage, readMessage } from '../http-message.js';
import { blobOf, fieldsOf, receiptOf, schemaOf } from '../outcomes.js';
import { texts } from '../tokens.js';

const BOUNDS = { headerBytes: 1024, bodyBytes: 300, redirects: 2, idleConnections: 2 };
const METHODS = ['GET', 'HEAD', 'POST'] as const;
const ENDS = ['ended', 'left', 'reset'] as const;
/** Bytes of an input that are not said by the server. */
const FLAGS = 2;

const schema = once(() => schemaOf('sys/HttpRequestReceipt@2'));
let server: Promise<AnsweringServer> | undefined;

/** Lets nobody go but to the server. */
class Fence extends EffectStage {
  constructor(
    readonly origin: string,
    blobs?: EffectStage['blobs'],
  ) {
    super(blobs);
    this.secrets.set({ alias: 's', version: 1 }, 'the secret of a header');
  }

  override permitsRedirect(params: Uint8Array): Refusal | undefined {
    const url = String(fieldsOf(params).get('url'));
    if (URL.canParse(url) && new URL(url).origin === this.origin) return undefined;
    return { code: 'host-not-allowed', at: '', detail: 'nobody else is asked' };
  }

  override permitsAddress(address: Uint8Array): Refusal | undefined {
    if (address.join('.') === '127.0.0.1') return undefined;
    return { code: 'address-not-allowed', at: '', detail: 'nobody else is asked' };
  }
}

const OK = 'HTTP/1.1 200 OK\r\n';
const answers = [
  FINE,
  `${OK}Content-Length: 11\r\nX-A: 1\r\nx-a: 2\r\nSet-Cookie: a=b; c\r\n\r\nhello world`,
  `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\na;x=y\r\n and more \r\n0\r\nT: 1\r\n\r\n`,
  `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  `${OK}\r\nwhat the end of the connection ends`,
  `${OK}Content-Length: 400\r\n\r\n${'x'.repeat(400)}`,
  `${OK}Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00`,
  'HTTP/1.1 204 No Content\r\n\r\n',
  'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
  'HTTP/1.1 307 Over There\r\nLocation: /b?c#d\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 302 Found\r\nLocation: http://elsewhere.test/\r\nContent-Length: 3\r\n\r\nbye',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 206 Part\r\nContent-Range: bytes 0-1/5\r\n\r\nab',
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
  `HTTP/1.0 500 No\r\nConnection: close\r\n\r\nno`,
];

/** First what is asked and how the connection ends, then how the answer is cut, then the answer. */
export const target: FuzzTarget = {
  name: 'http-answers',
  tokens: texts(
    ...['HTTP/1.1 200 OK\r\n', 'HTTP/1.1 ', 'HTTP/2 200\r\n', '\r\n\r\n', '\r\n', '\n', ' ', ':'],
    ...['Content-Length: ', 'Transfer-Encoding: ', 'chunked', 'gzip, chunked', 'Connection: close'],
    ...[
      'Location: ',
      'http://127.0.0.1:1/',
      '//a',
      'Keep-Alive: timeout=1',
      '0\r\n\r\n',
      'ffffffff',
    ],
    ...['Content-Encoding: br', 'identity', '100', '103', '204', '304', '301', '416', '999', FINE],
    ...['Trailer: X', 'Content-Length: 5, 5', '+5', '0x5', '\t', '\0', '\u00fc', '1\r\na\r\n', '"'],
  ),
  seeds: () =>
    answers.flatMap((answer, i) => {
      return [0, 1].map((flags) =>
        Uint8Array.of(flags + 9 * (i % 3), 3, ...Buffer.from(answer, 'latin1')),
      );
    }),
  async run(bytes) {
    server ??= AnsweringServer.listen();
    const answering = await server;
    const asked = askedBy(bytes);
    const adapter = createHttpAdapter({ bounds: BOUNDS, resolve: async () => [] });
    try {
      await check(adapter, answering, asked);
    } finally {
      await adapter.close();
      answering.hangUp();
    }
  },
  async close() {
    const answering = await server;
    server = undefined;
    await answering?.close();
  },
};

interface Asked {
  readonly told: Told;
  readonly method: string;
  readonly isTruncated: boolean;
  readonly hasSecret: boolean;
}

function askedBy(bytes: Uint8Array): Asked {
  const [flags = 0, cut = 0] = bytes;
  const after = ENDS[flags % 3] as Told['after'];
  const said = Buffer.from(bytes.subarray(FLAGS));
  return {
    told: { bytes: said, step: 1 + (cut % 64), after },
    method: METHODS[Math.floor(flags / 3) % 3] as string,
    isTruncated: flags >= 128,
    hasSecret: cut >= 128,
  };
}

async function check(adapter: Adapter, answering: AnsweringServer, asked: Asked): Promise<void> {
  const { told, method, isTruncated } = asked;
  answering.tell(told);
  const stage = new Fence(answering.origin);
  const outcome = await ask(adapter, stage, asked);
  const receipt = receiptOf(outcome, schema(), /^(http|secret)-/);
  const size = Number(receipt?.get('body_size') ?? 0);
  holds(size <= BOUNDS.bodyBytes, 'a body has a bound');
  if (receipt !== undefined) {
    const body = blobOf(receipt.get('body_ref'), stage.blobs);
    holds(body.length === size, 'a body is as large as the receipt says');
  }
  const message = readMessage(told.bytes, told.after === 'ended');
  const isPlain = method !== 'HEAD' && !asked.hasSecret && told.after !== 'reset';
  if (message !== undefined && isPlain && (message.body.length <= BOUNDS.bodyBytes || isTruncated))
    checkReceived(receipt, message, stage);
  // late bytes are those of the next answer, for all that anybody can tell
  await answering.settled();
  await checkNext(adapter, stage);
}

function ask(adapter: Adapter, stage: Fence, { method, ...asked }: Asked): Promise<EffectOutcome> {
  const literal = { $tag: 'literal', $value: 'v' };
  const secret = { $tag: 'secret', $value: { alias: 's', version: 1 } };
  const params = encode({
    ...{ method, url: `${stage.origin}/a`, body_ref: null },
    headers: new Map([['x-key', asked.hasSecret ? secret : literal]]),
    ...{ max_redirects: null, max_body_bytes: null, timeout_ns: null },
    truncate: asked.isTruncated && !asked.hasSecret ? true : null,
  });
  return adapter.start(stageCall({ effect: 'http.request', params }), stage);
}

function checkReceived(
  receipt: ReturnType<typeof receiptOf>,
  { status, headers, body }: HttpMessage,
  stage: Fence,
): void {
  holds(receipt !== undefined, 'what is an answer is received');
  holds(Number(receipt.get('status')) === status, 'its status is the one that was sent');
  const found = receipt.get('headers') as ReadonlyMap<Value, Value>;
  const listed = [...headers].map(([name, values]) => `${name}: ${values.join('|')}`).sort();
  const ours = [...found].map(([name, values]) => `${name}: ${(values as string[]).join('|')}`);
  holds(listed.join('\n') === ours.sort().join('\n'), 'its headers are those that were sent');
  const kept = Buffer.from(blobOf(receipt.get('body_ref'), stage.blobs));
  holds(kept.equals(body.subarray(0, BOUNDS.bodyBytes)), 'its body is the one that was sent');
}

/** A connection that was left may end under the next request, which says so then, once. */
async function checkNext(adapter: Adapter, { origin, blobs }: Fence): Promise<void> {
  for (const isLast of [false, true]) {
    const stage = new Fence(origin, blobs);
    const plain = { method: 'GET', isTruncated: false, hasSecret: false } as Asked;
    const outcome = await ask(adapter, stage, plain);
    if (outcome.status !== 'ok' && outcome.retry === 'later' && !isLast) continue;
    const fields = outcome.status === 'ok' ? fieldsOf(outcome.payload) : undefined;
    const body = fields && Buffer.from(blobOf(fields.get('body_ref'), stage.blobs)).toString();
    holds(body === 'fine', 'the next request is answered by what was said to it', () => `${body}`);
    return;
  }
}

/** The client of systems that are asked over HTTP. */
import { Pool } from 'undici';

const CONNECTIONS = 256;
const AGAIN_MS = 4;
const START_MS = 60_000;

export class HttpClient {
  readonly #pool: Pool;

  constructor(origin: string) {
    this.#pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1 });
  }

  async ask(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<JsonRecord> {
    const asked = body && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    };
    const response = await this.#pool.request({ method, path, ...asked });
    const text = await response.body.text();
    const { statusCode } = response;
    if (statusCode >= 300)
      throw new Error(`${method} ${path}: ${statusCode} ${text.slice(0, 500)}`);
    return text === '' ? {} : (JSON.parse(text) as JsonRecord);
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}

export type JsonRecord = Readonly<Record<string, unknown>>;

/** Tries until it works: that is how a client waits for a system that starts. */
export async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + START_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

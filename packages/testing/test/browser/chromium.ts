/**
 * A headless Chromium, spoken to over a pipe in the DevTools protocol: no port, no driver.
 *
 * 1. One blank page, in a profile of its own that is removed afterwards.
 * 2. When the browser ends early, everything still asked of it is rejected with what it printed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** The sandbox needs rights that containers lack; the page runs only what this repository holds. */
const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-extensions',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--no-default-browser-check',
  '--remote-debugging-pipe',
];

interface Answer {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

interface Evaluated {
  readonly result: { readonly value?: unknown };
  readonly exceptionDetails?: { readonly exception?: { readonly description?: string } };
}

/** A page in which scripts are evaluated. */
export class Page {
  constructor(
    private readonly pipe: Pipe,
    private readonly sessionId: string,
  ) {}

  /** The value of an expression, as JSON carries it; what it throws rejects. */
  async evaluate(expression: string): Promise<unknown> {
    const params = { expression, returnByValue: true, awaitPromise: true };
    const answer = await this.pipe.send('Runtime.evaluate', params, this.sessionId);
    const { result, exceptionDetails } = answer as unknown as Evaluated;
    if (exceptionDetails === undefined) return result.value;
    throw new Error(exceptionDetails.exception?.description ?? 'the page threw');
  }
}

/** Starts the browser at `program`, gives its page to `use`, and ends it whatever happens. */
export async function withPage<T>(program: string, use: (page: Page) => Promise<T>): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), 'aos-chromium-'));
  const args = [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'];
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const pipe = new Pipe(child);
  try {
    const { targetId } = await pipe.send('Target.createTarget', { url: 'about:blank' });
    const attached = await pipe.send('Target.attachToTarget', { targetId, flatten: true });
    return await use(new Page(pipe, attached.sessionId as string));
  } finally {
    child.kill('SIGKILL');
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Messages end in a zero byte: ours go out on descriptor 3, theirs come in on 4. */
class Pipe {
  private readonly waiting = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  private readonly output: Writable;
  private printed = '';
  private received = '';
  private lastId = 0;

  constructor(child: ChildProcess) {
    this.output = child.stdio[3] as Writable;
    this.output.on('error', () => {});
    const input = child.stdio[4] as Readable;
    input.setEncoding('utf8').on('data', (text: string) => this.take(text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.printed = (this.printed + text).slice(-4000);
    });
    child.once('error', (error) => this.failAll(error.message));
    child.once('close', () => this.failAll('the browser has ended'));
  }

  send(method: string, params: object, sessionId?: string): Promise<Record<string, unknown>> {
    const id = ++this.lastId;
    const waiting = withResolvers<Record<string, unknown>>();
    this.waiting.set(id, waiting);
    this.output.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return waiting.promise;
  }

  private take(text: string): void {
    const parts = (this.received + text).split('\0');
    this.received = parts.pop() ?? '';
    for (const part of parts) this.answer(JSON.parse(part));
  }

  private answer({ id, result, error }: Answer): void {
    const waiting = this.waiting.get(id ?? 0);
    if (waiting === undefined) return;
    this.waiting.delete(id ?? 0);
    if (error === undefined) waiting.resolve(result ?? {});
    else waiting.reject(new Error(error.message));
  }

  private failAll(reason: string): void {
    for (const { reject } of this.waiting.values()) {
      reject(new Error(`${reason}; it printed:\n${this.printed}`));
    }
    this.waiting.clear();
  }
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: Error) => void;
}

/** `Promise.withResolvers` comes with Node 22. */
function withResolvers<T>(): PromiseWithResolvers<T> {
  let settle: Omit<PromiseWithResolvers<T>, 'promise'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...(settle as Omit<PromiseWithResolvers<T>, 'promise'>) };
}

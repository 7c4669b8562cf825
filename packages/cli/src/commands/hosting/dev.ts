/**
 * `aos dev`: an authoring folder, built and tried again with every change, in a scratch world that
 * changes with it. It begins anew where its state cannot follow, and goes with the program.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { parseJson } from '@aos/air';
import { Daemon } from '@aos/host';
import type { EventArgs } from '@aos/protocol';
import { connectDaemon } from '../../access/daemon-access.js';
import { untilStopped } from '../../access/until-stopped.js';
import { Asked } from '../../access/with-access.js';
import { findSource } from '../../air-files.js';
import { newLog, openServed } from '../../compose/open-served.js';
import { buildAuthored } from '../../dev/author-build.js';
import { evolve } from '../../dev/evolve.js';
import { buildReducers } from '../../dev/reducer-build.js';
import { watchSources } from '../../dev/watch.js';
import { dataOf, plainOf } from '../../json-values.js';
import { type Answer, CliError, describeError } from '../../output.js';
import type { Tools } from '../../program/run-command.js';
import { initWorld } from '../init.js';
import { printRecord } from '../reading/journal.js';

export interface DevOptions {
  /** File with events, a JSON object `{schema, value, key?, source?}` on each line. */
  readonly events?: string;
  /** The world begins anew with every change. */
  readonly fresh?: true;
}

export async function develop(dir: string, options: DevOptions, tools: Tools): Promise<Answer> {
  const session = new DevSession(realpathSync(dir), options, tools);
  return session.run(tools.stopSignal());
}

class DevSession {
  readonly #scratch: string;
  readonly #keyHome: string;
  readonly #source: string | undefined;
  readonly #daemon: Daemon;
  #wake: (() => void) | undefined;
  #isChanged = true;
  #isLiving = false;
  #tail: AbortController | undefined;

  constructor(
    private readonly dir: string,
    private readonly options: DevOptions,
    private readonly tools: Tools,
  ) {
    this.#scratch = scratchOf(dir);
    this.#keyHome = `${this.#scratch}.keys`;
    this.#source = findSource(dir);
    const served = { level: 'error', write: tools.log, allowMissing: true } as const;
    this.#daemon = new Daemon({ openHost: openServed(newLog(served), served) });
  }

  async run(stop: AbortSignal): Promise<Answer> {
    const isMade = (path: string) => this.#source !== undefined && path.startsWith('air/');
    const unwatch = watchSources(this.dir, isMade, () => this.#change());
    stop.addEventListener('abort', () => this.#wake?.(), { once: true });
    while (!stop.aborted) {
      if (this.#isChanged) await this.#again();
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
          if (stop.aborted || this.#isChanged) resolve();
        });
      }
    }
    unwatch();
    this.#tail?.abort();
    await this.#daemon.close();
    for (const each of [this.#scratch, this.#keyHome])
      rmSync(each, { recursive: true, force: true });
    return { data: null, lines: [], isTold: true };
  }

  #change(): void {
    this.#isChanged = true;
    this.#wake?.();
  }

  /** The world of before lives on when what is there now cannot be built. */
  async #again(): Promise<void> {
    this.#isChanged = false;
    try {
      if (this.#source !== undefined) await buildAuthored(this.#source);
      const built = await buildReducers(this.dir);
      if (await this.#follows([...built])) return;
      await this.#restart();
      this.#isLiving = true;
      this.#tell('restarted', { built: [...built], world: this.#scratch });
      await this.#feed();
    } catch (error) {
      const { code, at, message } = describeError(error);
      this.#tell('failed', { code, at, message });
    }
  }

  /** Whether the world of before has become what the folder says now. */
  async #follows(built: string[]): Promise<boolean> {
    if (!this.#isLiving || this.options.fresh === true) return false;
    const evolved = await this.#ask((asked) => {
      const world = { asked, directory: this.#scratch, keyHome: this.#keyHome };
      return evolve(world, this.dir);
    });
    if (evolved === undefined) return false;
    const { kind, ...more } = evolved;
    if (kind === 'stuck') this.#tell('begins-anew', more as { code: string; message: string });
    else if (kind === 'unchanged') this.#tell('unchanged', { built });
    else this.#tell('changed', { built, manifest: evolved.manifest });
    return kind !== 'stuck';
  }

  #tell(event: string, more: { readonly [name: string]: string | string[] }): void {
    const said = Object.entries(more).flatMap(([name, value]) => {
      return value.length === 0 ? [] : [`  ${name} ${String(value)}`];
    });
    this.tools.tell({ data: { event, ...more }, lines: [`${event}${said.join('')}`] });
  }

  async #restart(): Promise<void> {
    this.#isLiving = false;
    this.#tail?.abort();
    await this.#daemon.stop(this.#scratch);
    rmSync(this.#scratch, { recursive: true, force: true });
    mkdirSync(this.#scratch, { recursive: true, mode: 0o700 });
    await initWorld(this.#scratch, { from: this.dir });
    await this.#daemon.serve(this.#scratch);
    this.#tail = new AbortController();
    void this.#follow(this.#tail.signal);
  }

  /** Shows what the scratch world does. It ends with that world. */
  async #follow(signal: AbortSignal): Promise<void> {
    const access = await connectDaemon(this.#scratch);
    if (access === undefined) return;
    try {
      const records = access.stream('journal.tail', { from: 0, follow: true });
      for await (const record of untilStopped(records, signal)) {
        const data = { event: 'record', record: dataOf(record) };
        this.tools.tell({ data, lines: printRecord(record) });
      }
    } catch {
      // the world went before its reader
    } finally {
      await access.close();
    }
  }

  async #feed(): Promise<void> {
    const { events } = this.options;
    if (events === undefined) return;
    await this.#ask(async (asked) => {
      for (const event of readEvents(events)) await asked.call('event.send', event);
    });
  }

  /** Undefined when the world is not there. */
  async #ask<T>(ask: (asked: Asked) => Promise<T>): Promise<T | undefined> {
    const access = await connectDaemon(this.#scratch);
    if (access === undefined) return undefined;
    try {
      return await ask(new Asked(access));
    } finally {
      await access.close();
    }
  }
}

/** One for each folder, so that others can name it. */
function scratchOf(dir: string): string {
  const name = createHash('sha256').update(dir).digest('hex').slice(0, 12);
  return join(tmpdir(), `aos-dev-${userInfo().uid}`, name);
}

function readEvents(file: string): readonly EventArgs[] {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.map((line, i) => {
    const parsed = parseJson(line);
    // the world checks what the arguments are
    if (parsed.ok) return plainOf(parsed.value) as unknown as EventArgs;
    const { code, detail } = parsed.refusal;
    throw new CliError(code, detail, `${file}:${i + 1}`);
  });
}

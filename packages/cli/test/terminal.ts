/** A real terminal: a shell in tmux, typed at, and read as somebody reads it. */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often the screen is looked at while something is waited for. */
const LOOK_MS = 20;
const LONGEST_MS = 60_000;

const WIDTH = 160;
const HEIGHT = 50;
/** Lines that are kept when they have left the screen. */
const HISTORY = 20_000;

export class Terminal {
  readonly #socket = `aos-test-${process.pid}-${terminals++}`;
  #lines = 0;

  constructor(
    private readonly tmux: string,
    env: Readonly<Record<string, string>>,
  ) {
    const named = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    const shell = 'exec bash --norc --noprofile';
    const size = ['-x', String(WIDTH), '-y', String(HEIGHT)];
    const limit = ['set-option', '-g', 'history-limit', String(HISTORY), ';'];
    this.#run(...limit, 'new-session', '-d', ...size, ...named, shell);
  }

  /** Types a line as it is, and return. */
  type(line: string): void {
    this.#run('send-keys', '-l', line);
    this.#run('send-keys', 'Enter');
  }

  /** Presses a key, as `C-c`. */
  press(key: string): void {
    this.#run('send-keys', key);
  }

  /** The screen and what has left it; wrapped lines are one. With `-e` colours are in it. */
  read(...more: string[]): string {
    return this.#run('capture-pane', '-p', '-J', '-S', '-', ...more);
  }

  /** Waits until the screen shows this behind what was read before. */
  async shows(pattern: RegExp): Promise<string> {
    for (const deadline = Date.now() + LONGEST_MS; ; await sleep(LOOK_MS)) {
      const text = this.#news();
      if (pattern.test(text)) return text;
      if (Date.now() > deadline) throw new Error(`the terminal does not show ${pattern}:\n${text}`);
    }
  }

  /** Runs a line to its end; answers with what it showed, and its exit code. */
  async run(line: string, meanwhile?: () => Promise<void>) {
    this.#lines = this.read().trimEnd().split('\n').length;
    this.type(`${line}; echo "exit $?"`);
    await meanwhile?.();
    const text = await this.shows(ENDED);
    const [, code = ''] = ENDED.exec(text) ?? [];
    return { exitCode: Number(code), text, coloured: this.#news('-e') };
  }

  /** What came since the last line was typed, with that line left out. */
  #news(...more: string[]): string {
    return this.read(...more)
      .split('\n')
      .slice(this.#lines)
      .join('\n');
  }

  close(): void {
    this.#run('kill-server');
  }

  #run(...args: string[]): string {
    return execFileSync(this.tmux, ['-L', this.#socket, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
    });
  }
}

let terminals = 0;

/** The terminal shows an interrupt as well. */
const ENDED = /^(?:\^C)?exit (\d+)$/m;

/** A word as the shell quotes it. */
export const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

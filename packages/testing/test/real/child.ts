/** A program of a drill in a process of its own: what it says, line by line, and how it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ChildSetting {
  /** Told of each whole line. */
  readonly onLine?: (line: string, child: Child) => void;
  /** Before the program: options of Node. */
  readonly options?: readonly string[];
  /** Runs a shell's commands first, such as limits. */
  readonly shell?: string;
}

/** Who is silent for longer hangs, also on a machine that is busy, and is ended with SIGALRM. */
const PATIENCE_MS = 180_000;

export class Child {
  readonly lines: string[] = [];
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
  readonly #process: ChildProcess;
  readonly #waiting = new Set<() => void>();
  #isOver = false;

  constructor(program: string, args: readonly string[], setting: ChildSetting = {}) {
    const { onLine, options = [], shell } = setting;
    const command = [process.execPath, ...options, program, ...args];
    const [file = '', ...rest] =
      shell === undefined ? command : ['sh', '-c', `${shell}; exec "$@"`, 'sh', ...command];
    this.#process = spawn(file, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdout, stdin } = this.#process;
    if (stdout === null) throw new Error('the program has no standard output');
    // whoever was killed reads no more
    stdin?.on('error', () => undefined);
    createInterface({ input: stdout }).on('line', (line) => {
      this.lines.push(line);
      onLine?.(line, this);
      for (const look of this.#waiting) look();
    });
    this.ended = new Promise((resolve, reject) => {
      this.#process.once('error', reject);
      this.#process.once('close', (code, signal) => {
        this.#isOver = true;
        resolve(signal ?? code);
        for (const look of this.#waiting) look();
      });
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.#process.kill(signal);
  }

  /** Says a line to it. */
  tell(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  /** The next line, or its end. */
  heard(patienceMs = PATIENCE_MS): Promise<void> {
    return new Promise((resolve) => {
      const hangs = setTimeout(() => this.kill('SIGALRM'), patienceMs);
      const look = () => {
        clearTimeout(hangs);
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      if (this.#isOver) look();
    });
  }

  /** The first line from `from` on that begins so; rejects when the program has ended without. */
  async line(beginning: string, from = 0): Promise<string> {
    for (let at = from; ; at++) {
      while (at >= this.lines.length && !this.#isOver) await this.heard();
      const line = this.lines[at];
      if (line?.startsWith(beginning)) return line;
      if (line !== undefined) continue;
      const said = this.lines.slice(-20).join('; ');
      throw new Error(`expected '${beginning}', and it ended with ${await this.ended}: ${said}`);
    }
  }

  /** Its end, while it goes on saying something. */
  async lived(patienceMs = PATIENCE_MS): Promise<number | string | null> {
    while (!this.#isOver) await this.heard(patienceMs);
    return this.ended;
  }
}

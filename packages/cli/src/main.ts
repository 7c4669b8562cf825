#!/usr/bin/env node
import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { runCli } from './program.js';
import { isColoured } from './terminal/colours.js';

const STOPS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

// Synchronous writes: a pipe's reader gets everything before the process ends.
process.exitCode = await runCli(process.argv.slice(2), {
  out: (text) => writeAll(1, text),
  err: (text) => {
    try {
      writeAll(2, text);
    } catch {
      // There is nowhere left to say it; the exit code does.
    }
  },
  colours: {
    out: isColoured({ isTerminal: isatty(1) }, process.env),
    err: isColoured({ isTerminal: isatty(2) }, process.env),
  },
  isWatched: isatty(2),
  onStop: (stop) => {
    for (const signal of STOPS) process.once(signal, stop);
    return () => {
      for (const signal of STOPS) process.off(signal, stop);
    };
  },
});

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
    }
  }
}

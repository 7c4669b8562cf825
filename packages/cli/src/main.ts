#!/usr/bin/env node
import { writeSync } from 'node:fs';
import { runCli } from './program.js';

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

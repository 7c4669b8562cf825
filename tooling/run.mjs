// Runs a built program of the workspace in this process: output, signals and exit code are its own.
// Usage: node tooling/run.mjs <program, relative to the root> [argument …]
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { callerFolder } from './caller-folder.mjs';
import { ready, root } from './workspace.mjs';

const [node, , program, ...args] = process.argv;
if (node === undefined || program === undefined) throw new Error('expected a program to run');
ready();
process.chdir(callerFolder(process.env) ?? process.cwd());
const path = join(root, program);
process.argv = [node, path, ...args];
await import(pathToFileURL(path).href);

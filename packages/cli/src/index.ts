export { type Answer, CliError, type Streams } from './output.js';
export { runCli } from './program.js';

import type { Measure } from '../measure.js';
import * as air from './air.js';
import * as core from './core.js';
import * as durable from './durable.js';
import * as governance from './governance.js';
import * as host from './host.js';
import * as kernel from './kernel.js';
import * as large from './large.js';
import * as modules from './modules.js';

/** Suites by the name they are asked for. */
export const suites: Readonly<Record<string, readonly Measure[]>> = {
  air: air.measures,
  core: core.measures,
  durable: durable.measures,
  governance: governance.measures,
  host: host.measures,
  kernel: kernel.measures,
  large: large.measures,
  modules: modules.measures,
};

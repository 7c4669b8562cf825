/** Imported first by every script, for what it does. */
import { removeAmbient } from './ambient.js';

removeAmbient();

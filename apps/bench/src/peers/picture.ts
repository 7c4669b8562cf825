/** The picture of a comparison. */
import type { PeerReport } from './main.js';

export function drawReport(_report: PeerReport): string {
  return '';
}

/** Inputs and entries of a journal as lines for people. */
import { printNode } from '@aos/kernel';
import type { PlainRecord } from '@aos/protocol';
import { recordData } from './json-values.js';

export interface ShownNode {
  /** `input` or `entry`. */
  readonly is: string;
  readonly kind: string;
  readonly fields: PlainRecord;
}

export function printShape({ is, kind, fields }: ShownNode): string {
  return printNode({ is: is === 'input' ? 'input' : 'entry', kind, fields: recordData(fields) });
}

/** `tick`: time has come to where something waits for it (spec P3.5). */
export interface TickInput {
  readonly kind: 'tick';
}

/** `continue`: work that earlier steps left over goes on (spec P3.6). */
export interface ContinueInput {
  readonly kind: 'continue';
}

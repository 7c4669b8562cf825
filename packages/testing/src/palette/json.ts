/** AIR as plain data: the few forms that palettes write over and over. */

export interface Json {
  readonly [name: string]: unknown;
}

export const ref = (name: string): Json => ({ ref: name });

export const refs = (...names: readonly string[]): Json[] => names.map((name) => ({ name }));

export const schema = (name: string, type: unknown): Json => ({ $kind: 'defschema', name, type });

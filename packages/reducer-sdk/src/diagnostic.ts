/** What the compiler has to say, at a place an editor can open. */

export type Severity = 'error' | 'warning' | 'info';

export interface Diagnostic {
  readonly severity: Severity;
  /** The compiler's own code, such as `TS2304` or `AS100`. */
  readonly code: string;
  readonly message: string;
  /** File and place, counted from 1; absent when the whole program is meant. */
  readonly place?: SourcePlace;
}

export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A place as `file:line:column`, or `''` for none. */
export function printPlace(place: SourcePlace | undefined): string {
  return place ? `${place.file}:${place.line}:${place.column}` : '';
}

/** The place of the UTF-16 unit at `offset` of `text`. */
export function placeOf(file: string, text: string, offset: number): SourcePlace {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { file, line: before.split('\n').length, column: offset - lineStart + 1 };
}

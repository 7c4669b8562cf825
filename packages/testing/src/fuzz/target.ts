/**
 * What is fuzzed: one boundary that takes bytes from outside, with what must hold of any bytes.
 *
 * Z1 `run` throws exactly where something is wrong; a refusal that is as specified is an end like
 *    any other. What it throws names the law, so that equal findings have equal messages.
 * Z2 `run` depends on its bytes alone: the same bytes end the same, in any order of inputs.
 * Z3 Seeds are made by code where they hold hashes or signatures, so that they follow the format.
 */
export interface FuzzTarget {
  /** Of its file and of its corpus. */
  readonly name: string;
  /** Well-formed inputs to begin with. */
  seeds(): readonly Uint8Array[] | Promise<readonly Uint8Array[]>;
  run(bytes: Uint8Array): void | Promise<void>;
  /** Pieces that mutants are made of, beside those of the inputs themselves. */
  readonly tokens?: readonly Uint8Array[];
  /** Of one input; 4,096 unless told. */
  readonly maxBytes?: number;
  /** Processor time that one input may take; 2,000 ms unless told. */
  readonly limitMs?: number;
  close?(): void | Promise<void>;
}

/** Thrown by an oracle: `law` is the same for all inputs that break the same thing. */
export class Broken extends Error {
  constructor(
    readonly law: string,
    detail = '',
  ) {
    super(detail === '' ? law : `${law}: ${detail}`);
    this.name = 'Broken';
  }
}

/** Insists on a law. */
export function holds(condition: unknown, law: string, detail?: () => string): asserts condition {
  if (!condition) throw new Broken(law, detail?.());
}

/** Equal findings have equal keys: numbers and bytes that an input brought in do not count. */
export function keyOf(error: unknown): string {
  if (error instanceof Broken) return error.law;
  if (!(error instanceof Error)) return String(error).slice(0, 120);
  return `${error.name}: ${error.message.replace(/[0-9a-f]{8,}|\d+/g, '#').slice(0, 120)}`;
}

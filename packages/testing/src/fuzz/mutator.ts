/** Mutants of inputs: every step is decided by the generator, so a seed repeats a run. */
import type { Random } from '../random.js';

export interface MutantSource {
  /** Inputs to splice with. */
  readonly corpus: readonly Uint8Array[];
  readonly tokens: readonly Uint8Array[];
  readonly maxBytes: number;
}

type Mutation = (bytes: Uint8Array, random: Random, source: MutantSource) => Uint8Array;

/** Ends of ranges, lengths that lie, and what begins or ends things in common formats. */
const INTERESTING = [0, 1, 2, 0x17, 0x18, 0x1f, 0x20, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff];
const LENGTHS = [0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, 0x7fffffff, 0xffffffff];
const MAX_PIECE = 64;
const MAX_STEPS = 5;

const changeByte: Mutation = (bytes, random) =>
  withByte(bytes, random, (byte) =>
    random.chance(0.5) ? byte ^ (1 << random.below(8)) : byte + (random.chance(0.5) ? 1 : -1),
  );

const setByte: Mutation = (bytes, random) =>
  withByte(bytes, random, () =>
    random.chance(0.5) ? random.pick(INTERESTING) : random.below(256),
  );

const setLength: Mutation = (bytes, random) => {
  const field = new Uint8Array(random.pick([2, 4, 8]));
  const isLittle = random.chance(0.5);
  new DataView(field.buffer).setUint16(
    isLittle ? 0 : field.length - 2,
    random.pick(LENGTHS),
    isLittle,
  );
  if (field.length >= 4) {
    const at = isLittle ? 0 : field.length - 4;
    new DataView(field.buffer).setUint32(at, random.pick(LENGTHS), isLittle);
  }
  return replaced(bytes, placeIn(bytes, random), field.length, field);
};

const putToken: Mutation = (bytes, random, { tokens }) => {
  if (tokens.length === 0) return setByte(bytes, random, { corpus: [], tokens, maxBytes: 0 });
  const token = random.pick(tokens);
  return replaced(bytes, placeIn(bytes, random), random.chance(0.5) ? token.length : 0, token);
};

const remove: Mutation = (bytes, random) =>
  replaced(bytes, placeIn(bytes, random), pieceSize(random), new Uint8Array());

const insert: Mutation = (bytes, random) =>
  replaced(bytes, placeIn(bytes, random), 0, random.bytes(1 + random.below(4)));

const copyPiece: Mutation = (bytes, random) => {
  const piece = pieceOf(bytes, random);
  return replaced(bytes, placeIn(bytes, random), random.chance(0.5) ? piece.length : 0, piece);
};

const borrowPiece: Mutation = (bytes, random, { corpus }) => {
  const piece = pieceOf(random.pick(corpus), random);
  return replaced(bytes, placeIn(bytes, random), random.chance(0.5) ? piece.length : 0, piece);
};

const splice: Mutation = (bytes, random, { corpus }) => {
  const other = random.pick(corpus);
  return joined(bytes.subarray(0, placeIn(bytes, random)), other.subarray(placeIn(other, random)));
};

const cut: Mutation = (bytes, random) => bytes.slice(0, placeIn(bytes, random));

/** A decimal number in a text becomes another one. */
const setDigits: Mutation = (bytes, random) => {
  const start = placeIn(bytes, random);
  const at = bytes.findIndex((byte, i) => i >= start && byte >= 0x30 && byte <= 0x39);
  if (at < 0) return setByte(bytes, random, { corpus: [], tokens: [], maxBytes: 0 });
  let end = at;
  while (end < bytes.length && (bytes[end] as number) >= 0x30 && (bytes[end] as number) <= 0x39)
    end++;
  const number = random.pick(['0', '1', '-1', '1.0', '1e3', '9007199254740993', '1'.repeat(40)]);
  return replaced(bytes, at, end - at, new TextEncoder().encode(number));
};

const MUTATIONS: readonly (readonly [number, Mutation])[] = [
  [4, changeByte],
  [4, setByte],
  [2, setLength],
  [5, putToken],
  [2, remove],
  [2, insert],
  [2, copyPiece],
  [3, borrowPiece],
  [2, splice],
  [1, cut],
  [1, setDigits],
];

/** One to five steps away from an input, never longer than told. */
export function mutantOf(input: Uint8Array, random: Random, source: MutantSource): Uint8Array {
  let mutant = input;
  for (let steps = 1 + random.below(MAX_STEPS); steps > 0; steps--) {
    mutant = random.weighted(MUTATIONS)(mutant, random, source);
    if (mutant.length > source.maxBytes) mutant = mutant.slice(0, source.maxBytes);
  }
  return mutant === input ? input.slice() : mutant;
}

/** A place in the bytes, their end among them. */
function placeIn(bytes: Uint8Array, random: Random): number {
  return random.below(bytes.length + 1);
}

function pieceSize(random: Random): number {
  return 1 + random.below(random.chance(0.7) ? 8 : MAX_PIECE);
}

function pieceOf(bytes: Uint8Array, random: Random): Uint8Array {
  const from = placeIn(bytes, random);
  return bytes.subarray(from, from + pieceSize(random));
}

function withByte(bytes: Uint8Array, random: Random, change: (byte: number) => number): Uint8Array {
  if (bytes.length === 0) return random.bytes(1);
  const at = random.below(bytes.length);
  return bytes.with(at, change(bytes[at] as number));
}

function replaced(bytes: Uint8Array, at: number, size: number, piece: Uint8Array): Uint8Array {
  return joined(bytes.subarray(0, at), piece, bytes.subarray(at + size));
}

function joined(...pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

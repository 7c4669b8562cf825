/** Pieces that formats are made of, for mutants. */
const ascii = (text: string) => new TextEncoder().encode(text);
const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

export const texts = (...all: readonly string[]): Uint8Array[] => all.map(ascii);

export const cborTokens: readonly Uint8Array[] = [
  ...['00', '17', '1817', '1818', '18ff', '190100', '1a00010000', '1b0000000100000000'],
  ...['1b001fffffffffffff', '1b0020000000000000', '1bffffffffffffffff', '3bffffffffffffffff'],
  ...['20', '40', '5f4100ff', '60', '6161', '62c3bc', '63eda080', '7f6161ff', '80', '8100', '9fff'],
  ...['a0', 'a10000', 'a16161f6', 'bfff', 'bf616100ff', 'd9d9f7', 'd820', 'c0', 'c24100', 'f4'],
  ...['f5', 'f6', 'f7', 'f8ff', 'f97e00', 'f98000', 'f90001', 'fa7f800000', 'fb7ff8000000000000'],
  ...['fa7fc00001', 'fb3ff0000000000000', 'fb0000000000000001', 'ff', '5b7fffffffffffffff', '9a'],
  ...['ba00ffffff', '6a5f5f70726f746f5f5f', '695f5f70726f746f5f5f'],
].map(hex);

export const jsonTokens: readonly Uint8Array[] = texts(
  ...['{', '}', '[', ']', ',', ':', '"', '""', '{}', '[]', 'null', 'true', 'false', '0', '-0'],
  ...['1.0', '1e400', '-1', '18446744073709551616', '-18446744073709551617', '9007199254740993'],
  ...['"\\u0000"', '"\\ud800"', '"\\ud83d\\ude00"', '\\"', '\\/', '"__proto__":', '"constructor":'],
  ...['"$kind":', '"name":', '"$tag":', '"$value":', '"toString":', '\ufeff', '\n', '\t', '//'],
);

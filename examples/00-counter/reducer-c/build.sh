#!/bin/sh
# Compiles counter.c to the module $1 with clang and wasm-ld; without arguments it names the compiler.
# Where there is none, the module is the one kept here, which Debian's clang 14.0.6 made.
set -eu
here=$(dirname "$0")

for clang in "${CLANG:-clang}" clang-22 clang-19 clang-16 clang-15 clang-14; do
  command -v "$clang" >/dev/null || continue
  test $# -gt 0 || exec "$clang" --version
  exec "$clang" --target=wasm32 -std=c11 -O2 -Wall -Wextra -Werror \
    -ffreestanding -fno-builtin -nostdlib \
    -Wl,--no-entry -Wl,--strip-all -Wl,-z,stack-size=8192 \
    -o "$1" "$here/counter.c"
done
echo 'no clang: on Debian, apt-get install clang lld' >&2
test $# -eq 0 || cp "$here/counter.wasm" "$1"

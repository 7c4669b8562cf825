#!/bin/sh
# Compiles counter.c to the module $1. Needs clang and wasm-ld; without them it ends with status 127.
set -eu
here=$(dirname "$0")

for clang in "${CLANG:-clang}" clang-22 clang-19 clang-16 clang-15 clang-14; do
  command -v "$clang" >/dev/null || continue
  exec "$clang" --target=wasm32 -std=c11 -O2 -Wall -Wextra -Werror \
    -ffreestanding -fno-builtin -nostdlib \
    -Wl,--no-entry -Wl,--strip-all -Wl,-z,stack-size=8192 \
    -o "$1" "$here/counter.c"
done
echo 'no clang: on Debian, apt-get install clang lld' >&2
exit 127

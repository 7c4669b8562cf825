#!/bin/sh
# Builds the programs: clang, lld, wasi-libc and compiler-rt for wasm32, as Debian packages them
# (clang lld wasi-libc libclang-rt-14-dev-wasm32). Tests need only what it made, which is kept here.
set -eu
cd "$(dirname "$0")"
for source in *.c; do
  clang --target=wasm32-wasi -O2 -s -Wall -Wno-infinite-recursion -o "${source%.c}.wasm" "$source"
done

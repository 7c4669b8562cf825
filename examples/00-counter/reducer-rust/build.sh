#!/bin/sh
# Compiles counter.rs to the module $1. Needs rustc with the standard library of
# wasm32-unknown-unknown; without them it ends with status 127.
set -eu
here=$(dirname "$0")
target=wasm32-unknown-unknown

for rustc in "${RUSTC:-rustc}" /usr/bin/rustc; do
  command -v "$rustc" >/dev/null || continue
  test -d "$("$rustc" --print sysroot)/lib/rustlib/$target/lib" || continue
  exec "$rustc" --edition 2021 --target "$target" --crate-type cdylib \
    --remap-path-prefix "$here=." -C opt-level=3 -C panic=abort -C strip=symbols -D warnings \
    -o "$1" "$here/counter.rs"
done
echo "no rustc for $target: rustup target add $target, or apt-get install rustc" >&2
echo 'libstd-rust-dev-wasm32 on Debian' >&2
exit 127

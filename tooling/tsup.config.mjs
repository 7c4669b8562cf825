import { defineConfig } from 'tsup';

/** JavaScript only: declarations come from one `tsc -b` at the root, so `clean` must stay off. */
export default defineConfig({
  format: 'esm',
  target: 'node20',
  platform: 'node',
  outDir: 'dist',
  dts: false,
  clean: false,
  sourcemap: true,
  splitting: false,
  silent: true,
  external: [/^#/],
});

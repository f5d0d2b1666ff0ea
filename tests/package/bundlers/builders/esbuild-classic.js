// For `<script>` without `type=module`, and browsers of before top-level await.

import { build } from 'esbuild';
import { job } from './builder.js';

await build({
  absWorkingDir: job.app,
  entryPoints: [`${job.entry}.js`],
  outdir: job.output,
  bundle: true,
  format: 'iife',
  target: 'es2020',
  minify: true,
  logLevel: 'error',
});

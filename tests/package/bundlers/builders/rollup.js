import { nodeResolve } from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
import { job } from './builder.js';

const bundle = await rollup({
  input: `${job.app}/${job.entry}.js`,
  plugins: [nodeResolve({ browser: true })],
});
await bundle.write({ dir: job.output, format: 'es' });
await bundle.close();

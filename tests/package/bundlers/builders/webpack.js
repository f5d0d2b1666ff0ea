import webpack from 'webpack';
import { job } from './builder.js';

/** @type {import('webpack').Configuration} */
const config = {
  context: job.app,
  mode: 'production',
  entry: `./${job.entry}.js`,
  output: { path: job.output, filename: `${job.entry}.js` },
};
// As frameworks build what renders on the server: everything in, for Node.js, as a library.
if (job.server) {
  config.target = 'node20';
  config.experiments = { outputModule: true };
  config.output = { ...config.output, filename: `${job.entry}.mjs`, library: { type: 'module' } };
}
await new Promise((resolve, reject) => {
  webpack(config, (error, stats) => {
    if (error) reject(error);
    else if (stats?.hasErrors()) reject(new Error(stats.toString({ all: false, errors: true })));
    else resolve(undefined);
  });
});

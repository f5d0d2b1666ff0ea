// Jest's own `expect`, for pages: the same assertions with the same messages as in Node.js.

import { builtinModules } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const isAbsent = new RegExp(`^(node:.*|graceful-fs|${builtinModules.join('|')})$`);

/** Messages are coloured, and stacks shortened, with modules that a page has not: they do nothing. */
const absentModules = {
  name: 'absent modules',
  setup(bundler) {
    bundler.onResolve({ filter: isAbsent }, ({ path }) => ({ path, namespace: 'absent' }));
    bundler.onLoad({ filter: /.*/, namespace: 'absent' }, () => ({
      contents: `module.exports = new Proxy({}, {
        get: (_, name) => (name === 'default' ? undefined : () => ''),
      });`,
    }));
  },
};

/** @returns {Promise<string>} a module that exports `expect` */
export async function bundleExpect() {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { expect } from 'expect'; export { expect };`,
      // `expect` comes with Jest.
      resolveDir: dirname(fileURLToPath(import.meta.resolve('@jest/globals'))),
    },
    banner: {
      js: `const __dirname = '/', global = globalThis, process = { env: {}, versions: {}, argv: [] };`,
    },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    plugins: [absentModules],
    write: false,
    logLevel: 'warning',
  });
  return outputFiles[0].text;
}

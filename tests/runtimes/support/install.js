// Before the tests: the runtimes and frameworks are installed, and build/runtimes has a node_modules with
// them and this package, as an application has.

import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot, root } from '../../../tools/lib/paths.mjs';
import { runtimePackages } from '../../../tools/setup/test-packages.mjs';

export default async function install() {
  const packages = await runtimePackages();
  const modules = inRoot('build/runtimes/node_modules');
  rmSync(inRoot('build/runtimes'), { recursive: true, force: true });
  mkdirSync(modules, { recursive: true });
  for (const name of readdirSync(packages)) symlinkSync(join(packages, name), join(modules, name));
  symlinkSync(root, join(modules, 'webrtc-wasm'));
}

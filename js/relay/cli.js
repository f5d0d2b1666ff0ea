#!/usr/bin/env node
// The command `webrtc-wasm-relay`.

import { readFileSync } from 'node:fs';
import { kHelp } from './help.js';
import { createLogger } from './log.js';
import { OptionError, parseArguments } from './options.js';
import { createRelay } from './server.js';

/** @param {string[]} args */
async function main(args) {
  const parsed = parseArguments(args, process.env);
  if ('help' in parsed) {
    process.stdout.write(kHelp);
    return;
  }
  if ('version' in parsed) {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    process.stdout.write(`${JSON.parse(text).version}\n`);
    return;
  }
  const log = createLogger({ level: parsed.options.logLevel });
  const relay = await createRelay(parsed.options, { log });
  process.stdout.write(`${relay.httpUrl}\n`);

  const stop = (/** @type {string} */ signal) => {
    log.info('closing', { signal });
    // A second signal does not wait.
    process.once('SIGINT', () => process.exit(130));
    process.once('SIGTERM', () => process.exit(143));
    relay.close();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  process.on('SIGHUP', () => void relay.reloadTls());
}

main(process.argv.slice(2)).catch((error) => {
  const known = error instanceof OptionError || typeof error?.code === 'string';
  process.stderr.write(`webrtc-wasm-relay: ${known ? error.message : error?.stack}\n`);
  process.exitCode = error instanceof OptionError ? 2 : 1;
});

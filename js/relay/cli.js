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
  const { logLevel: level, logFormat: format } = parsed.options;
  const log = createLogger({ level, format, limited: true });
  const relay = await createRelay(parsed.options, { log });
  process.stdout.write(`${relay.httpUrl}\n`);

  // SIGTERM waits for clients, the next one does not, and one more does not even say goodbye.
  let signals = 0;
  const stop = (/** @type {NodeJS.Signals} */ signal) => {
    log.info('signal', { signal });
    signals += signal === 'SIGTERM' && signals === 0 ? 1 : 2;
    if (signals > 3) process.exit(signal === 'SIGINT' ? 130 : 143);
    (signals === 1 ? relay.drain() : relay.close()).catch((error) => {
      log.error('close', { text: error.message });
      process.exit(1);
    });
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', () => void relay.reloadTls());
}

main(process.argv.slice(2)).catch((error) => {
  const known = error instanceof OptionError || typeof error?.code === 'string';
  process.stderr.write(`webrtc-wasm-relay: ${known ? error.message : error?.stack}\n`);
  process.exitCode = error instanceof OptionError ? 2 : 1;
});

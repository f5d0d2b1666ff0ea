// Certificates of localhost, made by openssl.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Writes a key and a certificate of it into `folder`, over those that are there.
 * @param {string} folder
 * @param {{days?: number}} [options]
 */
export async function createCertificate(folder, { days = 2 } = {}) {
  const [tlsKey, tlsCert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ...['-days', `${days}`, '-keyout', tlsKey, '-out', tlsCert],
  ]);
  return { folder, files: { tlsKey, tlsCert }, ca: await readFile(tlsCert) };
}

// Time-limited credentials in the form of "A REST API For Access To TURN Services"
// (draft-uberti-behave-turn-rest-00 §2.2): the username carries the expiry, the password is
// base64(HMAC-SHA1(shared secret, username)). coturn's `use-auth-secret` takes the same.

import { createHmac, randomBytes } from 'node:crypto';

/**
 * @typedef {object} RestCredentials
 * @property {string} username  `<unix seconds of expiry>:<user>`
 * @property {string} password
 * @property {number} ttl       seconds
 */

/**
 * @param {{secret: string, ttlSeconds: number, nowMs: number, user?: string}} options
 * @returns {RestCredentials}
 */
export function issueCredentials({ secret, ttlSeconds, nowMs, user = randomUser() }) {
  const username = `${Math.floor(nowMs / 1000) + ttlSeconds}:${user}`;
  const password = createHmac('sha1', secret).update(username).digest('base64');
  return { username, password, ttl: ttlSeconds };
}

/** A user of its own for each issue. Who is known by a name should be given it: quotas are per user. */
function randomUser() {
  return randomBytes(8).toString('hex');
}

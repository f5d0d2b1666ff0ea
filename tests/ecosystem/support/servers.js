// Servers of libraries, each in a process of its own.

import { startChild } from './children.js';

/**
 * @param {string} name  of the file in ../servers
 * @returns {Promise<{ address: any, died: Promise<void>, stop: () => Promise<void> }>}  `address` as the server
 *   tells it; `died` rejects when it ends before it is stopped
 */
export async function startServer(name) {
  const { servers } = JSON.parse(process.env.ECOSYSTEM_BUNDLES);
  const process_ = startChild(new URL(servers[name]));
  try {
    const told = new Promise((resolve) => process_.child.once('message', resolve));
    const address = await Promise.race([told, process_.died]);
    return { address, died: process_.died, stop: process_.stop };
  } catch (error) {
    await process_.stop();
    throw error;
  }
}

// Servers of libraries, each in a process of its own.

import { startChild } from './children.js';

/**
 * @param {string} name  of the file in ../servers
 * @returns {Promise<{ address: any, stop: () => Promise<void> }>}  `address` as the server tells it
 */
export async function startServer(name) {
  const { servers } = JSON.parse(process.env.ECOSYSTEM_BUNDLES);
  const process_ = startChild(new URL(servers[name]));
  try {
    const told = new Promise((resolve) => process_.child.once('message', resolve));
    const address = await Promise.race([told, process_.died]);
    return { address, stop: process_.stop };
  } catch (error) {
    await process_.stop();
    throw error;
  }
}

// The relay in the demo's own server: where it is, credentials for it, and whether it answers.

export const kRelayUrl = new URL('/relay', location.href.replace(/^http/, 'ws')).href;
const kCheckInterval = 5000;

/** @returns {Promise<{username: string, password: string}>} */
export async function fetchCredentials() {
  const response = await fetch('/credentials');
  if (!response.ok) throw new Error(`the relay gave no credentials (HTTP ${response.status})`);
  return response.json();
}

async function checkRelay() {
  let up = false;
  try {
    up = (await fetch('/health', { cache: 'no-store' })).ok;
  } catch {
    // Then it is down.
  }
  const [root, text] = ['relay', 'relay-text'].map(
    (id) => /** @type {HTMLElement} */ (document.getElementById(id)),
  );
  root.dataset.state = up ? 'up' : 'down';
  text.textContent = up ? `Relay: up at ${kRelayUrl}` : 'Relay: no answer';
}

/** Shows in the page's head whether the relay is there; settles when that is known. */
export function watchRelay() {
  setInterval(checkRelay, kCheckInterval);
  return checkRelay();
}

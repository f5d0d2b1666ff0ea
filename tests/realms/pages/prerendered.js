// Tells the server when the package has been imported, and, once the page is looked at, what the probe has found. The
// relay's access stands in the address.

import * as api from '/js/index.js';

const tell = (what, result) =>
  fetch(`/tests/realms/pages/${what}?${encodeURIComponent(JSON.stringify(result))}`);

const shown = new Promise((resolve) => {
  if (document.prerendering) document.addEventListener('prerenderingchange', resolve);
  else resolve();
});
await tell('imported', { prerendering: document.prerendering });
await shown;
const relay = JSON.parse(decodeURIComponent(location.hash.slice(1)));
await tell('connected', await globalThis.realmProbe.run(api, { relay, features: ['data'] }));

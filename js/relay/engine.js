// Loads the WASM engine for the relay.

/** @returns {Promise<any>} the initialised module */
export async function loadEngine() {
  /** @type {any} */
  const { default: createEngine } = await import(
    new URL('../../dist/webrtc.node.mjs', import.meta.url).href
  );
  return createEngine();
}

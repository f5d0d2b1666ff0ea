// Loads the WASM engine for the relay: the same module that connections use.

/** @returns {Promise<any>} the initialised module */
export async function loadEngine() {
  // @ts-ignore made by `npm run build`
  const { default: createEngine } = await import('../../dist/webrtc.node.mjs');
  return createEngine();
}

// Loads the relay's own module: the engine's TURN server without the rest.

/** @returns {Promise<any>} the initialised module */
export async function loadEngine() {
  // @ts-ignore made by `npm run build`
  const { default: createEngine } = await import('../../dist/webrtc-relay.node.mjs');
  return createEngine();
}

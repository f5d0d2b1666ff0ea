// A session that stands when the page ends the worker.

// Imported late: a message that comes while a module still waits for the engine would be lost.
globalThis.onmessage = async ({ data: relay }) => {
  const { RTCPeerConnection, configure } = await import('/js/index.js');
  const { connect } = await import('../../bench/session.js');
  configure({ relay });
  globalThis.session = await connect(RTCPeerConnection, { trickle: true });
  globalThis.postMessage('connected');
};

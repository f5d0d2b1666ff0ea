// A session that stands when the page ends the worker.

import { RTCPeerConnection, configure } from '/js/index.js';
import { connect } from '/bench/session.js';

globalThis.onmessage = async ({ data: relay }) => {
  configure({ relay });
  globalThis.session = await connect(RTCPeerConnection, { trickle: true });
  globalThis.postMessage('connected');
};

// What sends or receives the call at the end that is measured; the other end is always native.

const peers = {
  ours: { title: 'webrtc-wasm', isOurs: true },
  native: { title: 'native Chromium', isOurs: false },
};

/** @param {keyof typeof peers} name */
export const loadCallEnd = async (name) => peers[name];

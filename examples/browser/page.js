import { RTCPeerConnection, configure } from 'webrtc-wasm';
import { greet } from './greet.js';
import { relay } from './relay.js';

// Asked anew for each connection, since credentials expire.
configure({ relay });
document.querySelector('output').textContent = await greet(RTCPeerConnection);

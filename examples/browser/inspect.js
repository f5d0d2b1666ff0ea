import { RTCPeerConnection, configure } from 'webrtc-wasm';
import { Inspector, mountPanel } from 'webrtc-wasm/inspect';
import { greet } from './greet.js';
import { relay } from './relay.js';

configure({ relay });
const inspector = new Inspector({ all: true, packets: true });
const place = document.createElement('div');
document.body.append(place);
mountPanel(place, { inspector });

document.querySelector('output').textContent = await greet(RTCPeerConnection);

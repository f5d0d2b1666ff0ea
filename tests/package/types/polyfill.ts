// Where the project's libraries have no WebRTC, the polyfill declares what it installs.

import 'webrtc-wasm/polyfill';
import type * as webrtc from 'webrtc-wasm';

const pc = new RTCPeerConnection({ iceServers: [] });
pc.ondatachannel = ({ channel }) => channel.send('hello');
export const offer: Promise<webrtc.RTCSessionDescriptionInit> = pc.createOffer();
export const candidate: RTCIceCandidate = new RTCIceCandidate({ candidate: '', sdpMid: '0' });

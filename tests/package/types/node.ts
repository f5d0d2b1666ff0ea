// What Node.js has beyond the other realms, with @types/node.

import { RelayNetwork, UdpNetwork, configure, init } from 'webrtc-wasm';

configure({ network: new UdpNetwork({ includeLoopback: true, family: 4 }) });
configure({ network: new RelayNetwork({ relay: { url: 'wss://relay.example/relay' } }) });
export const loaded: Promise<void> = init(new URL('file:///webrtc.wasm'));

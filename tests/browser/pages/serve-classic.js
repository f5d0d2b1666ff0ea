// The single file's side of a session hangs on `globalThis.servePort`. The engine is there at once.

const channel = new MessageChannel();
signalling.serve(globalThis.webrtcWasm, channel.port1);
channel.port1.start();
globalThis.servePort = channel.port2;

// Signalling over a message port. A classic script, so that every kind of realm can load it:
// `signalling.over(pc, port)`, then `offer()` on one side.

globalThis.signalling = {
  /**
   * @param {RTCPeerConnection} pc
   * @param {MessagePort | Worker | typeof globalThis} port
   */
  over(pc, port) {
    const send = (message) => port.postMessage({ signal: message });
    pc.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate) send({ candidate: candidate.toJSON() });
    });
    let queue = Promise.resolve();
    const handle = async ({ description, candidate }) => {
      if (candidate) {
        await pc.addIceCandidate(candidate);
        return;
      }
      await pc.setRemoteDescription(description);
      if (description.type !== 'offer') return;
      await pc.setLocalDescription();
      sendDescription();
    };
    const sendDescription = () => {
      const { type, sdp } = pc.localDescription;
      send({ description: { type, sdp } });
    };
    port.addEventListener('message', ({ data }) => {
      if (!data.signal || pc.signalingState === 'closed') return;
      queue = queue
        .then(() => handle(data.signal))
        .catch((error) => port.postMessage({ problem: String(error) }));
    });
    return {
      async offer() {
        await pc.setLocalDescription();
        sendDescription();
      },
    };
  },

  /**
   * Sends every message back; says over the port what it was.
   * @param {RTCDataChannel} channel
   */
  echo(channel) {
    channel.binaryType = 'arraybuffer';
    channel.addEventListener('message', ({ data }) => channel.send(data));
  },

  /**
   * The whole part of a realm with the package in it: waits for {start}, connects, echoes.
   * @param {any} api   what the package exports
   * @param {any} port
   * @param {(() => number)} [liveHandles]
   */
  serve(api, port, liveHandles = () => 0) {
    let pc;
    port.addEventListener('message', ({ data }) => {
      if (data.start) {
        api.configure({ relay: data.start.relay });
        pc = new api.RTCPeerConnection();
        const session = signalling.over(pc, port);
        pc.addEventListener('datachannel', ({ channel }) => signalling.echo(channel));
        if (data.start.offer) {
          signalling.echo(pc.createDataChannel('echo'));
          session.offer();
        }
      }
      if (data.stop) {
        pc.close();
        port.postMessage({ stopped: { state: pc.connectionState, alive: liveHandles() } });
      }
    });
    port.postMessage({ ready: typeof api.RTCPeerConnection });
  },
};

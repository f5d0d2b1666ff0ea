// The native side of sessions whose other side is in another realm, as `globalThis.nativePeer`.

globalThis.nativePeer = {
  /**
   * Connects with what serves behind the port, has messages echoed, and ends the session.
   * @param {MessagePort | Worker} port
   * @param {{relay: object, offer: boolean}} options  offer: the other side does
   */
  async session(port, { relay, offer }) {
    const reported = (key) =>
      new Promise((resolve, reject) => {
        port.addEventListener('error', (event) => reject(new Error(event.message)));
        port.addEventListener('message', ({ data }) => {
          if (data.problem) reject(new Error(data.problem));
          else if (data[key]) resolve(data[key]);
        });
      });
    const ready = await reported('ready');
    const pc = new RTCPeerConnection();
    const session = signalling.over(pc, port);
    const announced = new Promise((resolve) =>
      pc.addEventListener('datachannel', ({ channel }) => resolve(channel)),
    );
    port.postMessage({ start: { relay, offer } });
    const own = offer ? undefined : pc.createDataChannel('echo');
    if (!offer) await session.offer();
    const channel = own ?? (await announced);
    channel.binaryType = 'arraybuffer';
    if (channel.readyState !== 'open') {
      await new Promise((resolve) => channel.addEventListener('open', resolve, { once: true }));
    }
    // Chromium announces a channel a little before it is open: see Pair.channel().
    await pc.getStats();

    const messages = ['text', '', new Uint8Array(100_000).map((_, i) => i * 7)];
    for (let i = 0; i < 50; i++) messages.push(`message ${i}`);
    const echoed = new Promise((resolve) => {
      const received = [];
      channel.addEventListener('message', ({ data }) => {
        received.push(data);
        if (received.length === messages.length) resolve(received);
      });
    });
    for (const message of messages) channel.send(message);
    const received = await echoed;
    const same = (a, b) =>
      typeof a === 'string' ? a === b : new Uint8Array(b).every((byte, i) => byte === a[i]);
    const wrong = messages.filter((message, i) => !same(message, received[i])).length;

    const closed = new Promise((resolve) => channel.addEventListener('close', resolve));
    const stopped = reported('stopped');
    port.postMessage({ stop: true });
    const end = await stopped;
    await closed;
    pc.close();
    return { ready, count: received.length, wrong, end };
  },
};

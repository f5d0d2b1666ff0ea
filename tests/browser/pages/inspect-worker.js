// What both workers with an inspector do: two connections through the relay, recorded.

globalThis.recordCall = async (api, { Inspector }, relay) => {
  api.configure({ relay });
  const inspector = new Inspector({ all: true, packets: true, secrets: true, statsInterval: 0 });
  const [a, b] = [new api.RTCPeerConnection(), new api.RTCPeerConnection()];
  // Each candidate once the other side knows the description that it belongs to.
  let described;
  const both = new Promise((resolve) => (described = resolve));
  for (const [from, to] of [
    [a, b],
    [b, a],
  ]) {
    from.onicecandidate = async ({ candidate }) => {
      await both;
      if (candidate) await to.addIceCandidate(candidate);
    };
  }
  const channel = a.createDataChannel('in a worker');
  const opened = new Promise((resolve) => (channel.onopen = resolve));
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
  described();
  await opened;
  const capture = await inspector.pcapng({ decrypt: true });
  a.close();
  b.close();
  inspector.close();
  return { dump: inspector.dump(), capture };
};

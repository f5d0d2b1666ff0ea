// JsSIP: registered user agents, and a call with sound and pictures.

// It asks `window` for what it needs, as in a page.
globalThis.window ??= globalThis;
const { default: JsSIP } = await import('jssip');

const kConnection = { pcConfig: { iceServers: [] } };

/** @param {import('../support/realm/end.js').End} end */
async function run(end) {
  const { url, domain } = end.server;
  const agent = new JsSIP.UA({
    sockets: [new JsSIP.WebSocketInterface(url)],
    uri: `sip:${end.role}@${domain}`,
    session_timers: false,
  });
  const registered = end.once(agent, 'registered');
  const invited = end.role === 'b' && end.once(agent, 'newRTCSession');
  agent.start();
  await registered;
  await end.meet();
  const mediaStream = end.media.send();
  let session;
  const tracks = new MediaStream();
  const complete = new Promise((resolve) => {
    const watch = (connection) => {
      connection.addEventListener('track', ({ track }) => {
        tracks.addTrack(track);
        if (tracks.getTracks().length === 2) resolve();
      });
    };
    if (end.role === 'a') {
      const options = { mediaStream, ...kConnection };
      session = agent.call(`sip:b@${domain}`, options);
      watch(session.connection);
    } else {
      invited.then((event) => {
        session = event.session;
        session.on('peerconnection', ({ peerconnection }) => watch(peerconnection));
        session.answer({ mediaStream, ...kConnection });
      });
    }
  });
  await end.within('both tracks', complete);
  const seen = await end.watch(tracks);
  // Either end may hear of it first.
  const ended = new Promise((resolve) => session.on('ended', resolve));
  await end.meet();
  if (end.role === 'a') session.terminate();
  await end.within('the end', ended);
  await end.meet();
  agent.stop();
  return seen;
}

export { run as a, run as b };

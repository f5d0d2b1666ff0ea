// SIP.js: registered user agents, and a call with a data channel, sound and pictures.

import { Inviter, Registerer, SessionState, UserAgent, Web } from 'sip.js';

/** @param {import('../support/realm/end.js').End} end */
async function run(end) {
  const { url, domain } = end.server;
  const stream = end.media.send();
  const received = end.receiver();
  const opened = new Promise((resolve) => (end.channel = resolve));
  let invited;
  const invitation = new Promise((resolve) => (invited = resolve));
  const agent = new UserAgent({
    uri: UserAgent.makeURI(`sip:${end.role}@${domain}`),
    transportOptions: { server: url },
    logLevel: 'error',
    delegate: { onInvite: (invitation) => invited(invitation) },
    sessionDescriptionHandlerFactory: Web.defaultSessionDescriptionHandlerFactory(
      async () => stream,
    ),
    sessionDescriptionHandlerFactoryOptions: {
      peerConnectionConfiguration: { iceServers: [] },
    },
  });
  await agent.start();
  const registerer = new Registerer(agent);
  const registered = new Promise((resolve) =>
    registerer.stateChange.addListener((state) => state === 'Registered' && resolve()),
  );
  await registerer.register();
  await end.within('the registrar', registered);
  await end.meet();
  const sessionDescriptionHandlerOptions = {
    constraints: { audio: true, video: true },
    dataChannel: true,
    onDataChannel: end.channel,
  };
  const isCaller = end.role === 'a';
  const session = isCaller
    ? new Inviter(agent, UserAgent.makeURI(`sip:b@${domain}`), { sessionDescriptionHandlerOptions })
    : await end.within('an invitation', invitation);
  const reached = (wanted) =>
    end.within(
      wanted,
      new Promise((resolve) => {
        session.stateChange.addListener((state) => state === wanted && resolve());
      }),
    );
  const established = reached(SessionState.Established);
  if (isCaller) await session.invite();
  else await session.accept({ sessionDescriptionHandlerOptions });
  await established;
  const handler = session.sessionDescriptionHandler;
  const channel = isCaller ? handler.dataChannel : await end.within('a channel', opened);
  channel.binaryType = 'arraybuffer';
  channel.onmessage = ({ data }) => received.take(data);
  if (channel.readyState !== 'open') await end.once(channel, 'open');
  await end.meet();
  channel.send(end.greeting);
  channel.send(end.file);
  const seen = { ...(await received.all), ...(await end.watch(handler.remoteMediaStream)) };
  const terminated = reached(SessionState.Terminated);
  await end.meet();
  if (isCaller) await session.bye();
  await terminated;
  await end.meet();
  await agent.stop();
  return seen;
}

export { run as a, run as b };

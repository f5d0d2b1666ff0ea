// Relays that are compared, ours first. A relay (the files beside this one) says:
//   title
//   start()  -> { pids, transports: { udp?, tcp?, websocket? }, user(), stop() }
// where a transport is the port or URL of it on loopback, and `pids` are the processes whose time and
// memory count. All of them reach loopback peers and know no quotas.

/** @param {string} name */
export const loadRelay = (name) => import(`./${name}.js`);

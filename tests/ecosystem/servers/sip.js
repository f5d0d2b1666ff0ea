// A registrar and proxy for SIP over WebSocket (RFC 7118), as small as two user agents need it: it knows
// who is connected where, forwards requests to them, and responses back along the Via headers.

import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  handleProtocols: (protocols) => protocols.has('sip') && 'sip',
});
/** Users, and the contacts that they gave -> where they are. @type {Map<string, import('ws').WebSocket>} */
const places = new Map();
/** Who sent the request that has this branch of ours. @type {Map<string, import('ws').WebSocket>} */
const senders = new Map();

/** `user@host` of the first URI in a text. @param {string} text */
const uriOf = (text) => /sips?:([^;>\s?]+)/.exec(text)?.[1] ?? '';

/** @param {string[]} lines @param {string} name */
const header = (lines, name) =>
  lines.find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`));

/** @param {import('ws').WebSocket} socket @param {string} message */
function receive(socket, message) {
  const [head, ...bodies] = message.split('\r\n\r\n');
  // Two line breaks keep a connection alive (RFC 5626 section 3.5.1).
  if (head.trim() === '') return;
  const lines = head.split('\r\n');
  const body = bodies.join('\r\n\r\n');
  const at = lines.findIndex((line) => /^via:/i.test(line));
  if (lines[0].startsWith('SIP/2.0')) {
    const [via] = lines.splice(at, 1);
    senders
      .get(/branch=([^;\s]+)/.exec(via)?.[1] ?? '')
      ?.send(`${lines.join('\r\n')}\r\n\r\n${body}`);
    return;
  }
  const [method, uri] = lines[0].split(' ');
  const respond = (/** @type {string} */ status, /** @type {string[]} */ more = []) => {
    const kept = lines.filter((line) => /^(via|from|call-id|cseq):/i.test(line));
    const to = `${header(lines, 'To')};tag=registrar`;
    const all = [`SIP/2.0 ${status}`, ...kept, to, ...more, 'Content-Length: 0', '', ''];
    socket.send(all.join('\r\n'));
  };
  if (method === 'REGISTER') {
    const contact = header(lines, 'Contact') ?? '';
    for (const key of [uriOf(header(lines, 'To') ?? ''), uriOf(contact)]) places.set(key, socket);
    respond('200 OK', [`${contact.replace(/;expires=\d+/, '')};expires=600`]);
    return;
  }
  const target = places.get(uriOf(uri));
  if (!target) {
    if (method !== 'ACK') respond('404 Not Found');
    return;
  }
  const branch = `z9hG4bK${createHash('sha1').update(lines[at]).digest('hex')}`;
  senders.set(branch, socket);
  lines.splice(at, 0, `Via: SIP/2.0/WS proxy.invalid;branch=${branch}`);
  target.send(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

server.on('connection', (socket) =>
  socket.on('message', (data) => receive(socket, data.toString())),
);
await once(server, 'listening');
process.send({ url: `ws://127.0.0.1:${server.address().port}`, domain: 'ecosystem.test' });

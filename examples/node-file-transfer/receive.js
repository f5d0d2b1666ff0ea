// Receives a file into a directory.
//
//   node examples/node-file-transfer/receive.js DIRECTORY ws://127.0.0.1:8090

import { createWriteStream } from 'node:fs';
import { basename, join } from 'node:path';
import { RTCPeerConnection } from 'webrtc-wasm';
import { signal } from '../node-data-channel/signaling.js';

const [directory, url] = process.argv.slice(2);
const pc = new RTCPeerConnection();
const socket = signal(pc, url);

pc.ondatachannel = ({ channel }) => {
  let file;
  let size = 0;
  let received = 0;
  channel.onmessage = ({ data }) => {
    if (!file) {
      const head = JSON.parse(data);
      size = head.size;
      // The peer chooses no directory.
      file = createWriteStream(join(directory, basename(head.name)));
    } else {
      file.write(Buffer.from(data));
      received += data.byteLength;
    }
    if (received < size) return;
    file.end(() => {
      console.log(`${received} bytes`);
      channel.send(`received ${received} bytes`);
    });
  };
  channel.onclose = () => {
    pc.close();
    socket.close();
  };
};

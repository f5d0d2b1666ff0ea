// Peers in pages: the browsers' own RTCPeerConnection. They hide their addresses, as they do by default.

import { launchChromium } from '../../browser/support/browser.js';
import { launchFirefox } from '../../browser/support/firefox.js';
import { installPagePeer } from '../peers/page-peer.js';
import { Link, remotePeer } from './remote.js';

/**
 * @param {string} name of the peer, for messages
 * @param {() => Promise<any>} launch of playwright's or puppeteer's shape; what is used here is in both
 */
function pagePeer(name, launch) {
  return remotePeer(async () => {
    const browser = await launch();
    try {
      const page = await browser.newPage();
      // What comes in one go travels in one go: a call into a page takes milliseconds.
      const waiting = [];
      const flush = () => {
        page
          .evaluate(
            (messages) => messages.forEach((message) => void globalThis.pagePeer.handle(message)),
            waiting.splice(0),
          )
          .catch((error) => link.end(error));
      };
      const link = new Link(name, (message) => {
        if (waiting.push(message) === 1) setImmediate(flush);
      });
      await page.exposeFunction('tellParent', (messages) =>
        messages.forEach((message) => link.receive(message)),
      );
      await page.evaluate(installPagePeer);
      return { link, stop: () => browser.close() };
    } catch (error) {
      await browser.close();
      throw error;
    }
  });
}

export const chromium = pagePeer('Chromium', launchChromium);
export const firefox = pagePeer('Firefox', launchFirefox);

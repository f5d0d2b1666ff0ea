// What operators see and clients do not: GET /metrics for Prometheus and GET /health with all counts,
// on a port of their own that is on loopback unless the operator says otherwise.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { sendJson, sendStatus } from './http.js';
import { kMetricsType, renderMetrics } from './metrics.js';

export class MetricsServer {
  /** @param {{stats: () => Record<string, unknown>, log: import('./log.js').Logger}} options */
  constructor({ stats, log }) {
    this.log_ = log;
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    const { version } = JSON.parse(text);
    const startedAt = Date.now() / 1000 - process.uptime();
    this.server_ = createServer(
      { requestTimeout: 15_000, maxHeaderSize: 8192 },
      (request, response) => {
        request.resume();
        const path = (request.url ?? '/').split('?')[0];
        if (request.method !== 'GET') {
          sendStatus(response, 405);
        } else if (path === '/health') {
          const all = stats();
          sendJson(response, all.healthy && !all.draining ? 200 : 503, all);
        } else if (path === '/metrics') {
          const { user, system } = process.cpuUsage();
          response.writeHead(200, { 'Content-Type': kMetricsType });
          response.end(
            renderMetrics(stats(), {
              version,
              cpuSeconds: (user + system) / 1e6,
              residentBytes: process.memoryUsage.rss(),
              startedAt,
            }),
          );
        } else {
          sendStatus(response, 404);
        }
      },
    );
    this.server_.maxConnections = 32;
  }

  /**
   * @param {string} host
   * @param {number} port
   * @returns {Promise<number>} the port
   */
  async listen(host, port) {
    this.server_.listen({ host, port, ipv6Only: true });
    await once(this.server_, 'listening');
    this.server_.on('error', (error) =>
      this.log_.error('listener', { kind: 'metrics', text: error.message }),
    );
    return /** @type {import('node:net').AddressInfo} */ (this.server_.address()).port;
  }

  close() {
    this.server_.close();
    this.server_.closeAllConnections();
  }
}

// The report as one file: the pages' own rendering code with the results inside.

import { writeFileSync } from 'node:fs';

/**
 * @param {string} file
 * @param {any[]} browsers
 */
export async function writeReport(file, browsers) {
  writeFileSync(file, JSON.stringify(browsers.map(({ browser }) => browser)));
}

// The report as one file: the pages' own rendering code with the results inside.

import { readFileSync, writeFileSync } from 'node:fs';
import { knownDifferences } from '../../js/compare/index.js';
import { inRoot } from '../lib/paths.mjs';
import { readWitnesses } from '../wpt/witness.mjs';

/** Values that are the same on both sides and longer than this are left out of the file. */
const kLongest = 300;

/**
 * @param {string} file
 * @param {any[]} browsers with their results
 */
export async function writeReport(file, browsers) {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { renderPage } from './report.js';
        const data = JSON.parse(document.getElementById('data').textContent);
        renderPage(document.getElementById('root'), data);`,
      resolveDir: inRoot('js/compare/report'),
    },
    bundle: true,
    format: 'iife',
    target: 'es2022',
    minify: true,
    write: false,
    logLevel: 'warning',
  });
  const testimonies = readWitnesses();
  const known = knownDifferences.map(({ id, verdict, why, spec, wpt = [] }) => ({
    id,
    verdict,
    why,
    spec,
    wpt,
    testimonies: wpt.map((subtest) => testimonies[subtest]),
  }));
  const made = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const data = JSON.stringify({ browsers: browsers.map(compact), known, made });
  const css = readFileSync(inRoot('js/compare/report/report.css'), 'utf8');
  writeFileSync(
    file,
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>webrtc-wasm beside native</title>
<style>${css}</style>
</head>
<body class="compare-report">
<main id="root"></main>
<script type="application/json" id="data">${data.replaceAll('<', '\\u003c')}</script>
<script>${outputFiles[0].text.replaceAll('</script', '<\\/script')}</script>
</body>
</html>
`,
  );
}

/** @param {any} browser */
function compact({ browser, version, results }) {
  return {
    browser,
    version,
    results: results.map((/** @type {any} */ { rows, ...result }) => ({
      ...result,
      rows: rows.map((/** @type {any} */ row) => {
        if (row.status !== 'same' || (JSON.stringify(row.left)?.length ?? 0) < kLongest) return row;
        return { ...row, left: 'the same on both sides' };
      }),
    })),
  };
}

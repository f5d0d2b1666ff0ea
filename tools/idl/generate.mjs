// Writes js/api/generated/surface.js, types/webrtc.d.ts and types/globals.d.ts from the specifications' IDL.
//   node tools/idl/generate.mjs           write them
//   node tools/idl/generate.mjs --check   fail when a committed file is not what would be written

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';

import { renderDeclarations } from './declarations.mjs';
import { readModel } from './model.mjs';
import { buildTable } from './table.mjs';

const kSurface = 'js/api/generated/surface.js';

/** @param {import('./model.mjs').Model} model */
function renderSurface(model) {
  const { table } = buildTable(model);
  /** @param {string} name @param {string} doc @param {unknown} value */
  const section = (name, doc, value) =>
    `/** ${doc} @type {any} */\nexport const ${name} = ${JSON.stringify(value)};\n`;
  return [
    '// Generated from @webref/idl and tools/idl/supplement; edit tools/idl/surface.mjs instead.\n',
    '// Read by js/api/webidl, which explains the notation.\n\n',
    section('enums', 'Enumerations and their values.', table.enums),
    section(
      'dictionaries',
      "Dictionaries: the parent's name, then [member, type, '!' required | '=' default].",
      table.dictionaries,
    ),
    section('callbacks', 'Callback functions.', table.callbacks),
    section('interfaces', 'Interfaces: parent, constructor overloads, members.', table.interfaces),
    section(
      'fallbacks',
      'Interfaces of the host that realms without a page lack, in the same form.',
      table.fallbacks,
    ),
  ].join('');
}

const model = await readModel();
const { webrtc, globals } = renderDeclarations(model);
/** By path from the root. @type {Record<string, string>} */
const files = {
  [kSurface]: renderSurface(model),
  'types/webrtc.d.ts': webrtc,
  'types/globals.d.ts': globals,
};

for (const [path, source] of Object.entries(files)) {
  const target = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const options = await prettier.resolveConfig(target);
  const wanted = await prettier.format(source, { ...options, filepath: target });
  if (process.argv.includes('--check')) {
    const found = await readFile(target, 'utf8').catch(() => '');
    if (found === wanted) continue;
    console.error(`${path} is out of date: run node tools/idl/generate.mjs`);
    process.exitCode = 1;
  } else {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, wanted);
  }
}

// Writes js/api/generated/surface.js from the specifications' IDL.
//   node tools/idl/generate.mjs           write it
//   node tools/idl/generate.mjs --check   fail when the committed file is not what would be written

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';

import { readModel } from './model.mjs';
import { buildTable } from './table.mjs';

const target = fileURLToPath(new URL('../../js/api/generated/surface.js', import.meta.url));

async function render() {
  const { table } = buildTable(await readModel());
  /** @param {string} name @param {string} doc @param {unknown} value */
  const section = (name, doc, value) =>
    `/** ${doc} @type {any} */\nexport const ${name} = ${JSON.stringify(value)};\n`;
  const source = [
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
  const options = await prettier.resolveConfig(target);
  return prettier.format(source, { ...options, filepath: target });
}

const wanted = await render();
if (process.argv.includes('--check')) {
  const found = await readFile(target, 'utf8').catch(() => '');
  if (found !== wanted) {
    console.error('js/api/generated/surface.js is out of date: run node tools/idl/generate.mjs');
    process.exitCode = 1;
  }
} else {
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, wanted);
}

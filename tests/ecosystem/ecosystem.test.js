// One test for each cell of cells.js. `npm run test:ecosystem` prepares what it needs (the libraries,
// and bundles of the scenarios) and tells it by ECOSYSTEM_WORDS which cells to run.

import { chooseCells } from './cells.js';
import { digest, fileOf, greeting } from './support/realm/content.js';
import { startServer } from './support/servers.js';
import { useRealms } from './support/realms.js';

const cells = chooseCells(process.env.ECOSYSTEM_WORDS?.split(' ').filter(Boolean));
const realms = useRealms(cells.flatMap(({ places }) => places));

/** What an end has to have got from the other one. */
async function expected(carries, author) {
  const all = {
    messages: greeting(author),
    file: await digest(fileOf(author)),
    sound: author,
    pictures: author,
  };
  return Object.fromEntries(carries.map((cargo) => [cargo, all[cargo]]));
}

test.each(cells)(
  '$name',
  async ({ library, places, carries }) => {
    const server = library.server ? await startServer(library.server) : undefined;
    let results;
    try {
      results = await realms.runScenario(library.id, places, server);
    } finally {
      await server?.stop();
    }
    expect(results).toEqual({
      a: { seen: await expected(carries, 'b'), alive: 0 },
      b: { seen: await expected(carries, 'a'), alive: 0 },
    });
  },
  // More than all that an end waits for.
  600_000,
);

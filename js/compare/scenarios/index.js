// The library of scenarios.

import { badInput } from './bad-input.js';
import { channels } from './channels.js';
import { connection } from './connection.js';
import { createOffer } from './create-offer.js';
import { descriptions } from './descriptions.js';
import { negotiation } from './negotiation.js';
import { transceivers } from './transceivers.js';

/** @type {readonly import('../scenario.js').Scenario[]} */
export const scenarios = [
  createOffer,
  descriptions,
  negotiation,
  transceivers,
  channels,
  connection,
  badInput,
].flat();

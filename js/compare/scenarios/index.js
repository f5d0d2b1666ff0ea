// The library of scenarios.

import { badInput } from './bad-input.js';
import { certificates } from './certificates.js';
import { channels } from './channels.js';
import { closing } from './closing.js';
import { configuration } from './configuration.js';
import { createOffer } from './create-offer.js';
import { descriptions } from './descriptions.js';
import { ice } from './ice.js';
import { negotiation } from './negotiation.js';
import { statistics } from './statistics.js';
import { transceivers } from './transceivers.js';

/** @type {readonly import('../scenario.js').Scenario[]} */
export const scenarios = [
  createOffer,
  descriptions,
  negotiation,
  transceivers,
  channels,
  ice,
  configuration,
  certificates,
  closing,
  statistics,
  badInput,
].flat();

// The library of scenarios.

import { createOffer } from './create-offer.js';

/** @type {readonly import('../scenario.js').Scenario[]} */
export const scenarios = [...createOffer];

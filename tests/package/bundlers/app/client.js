import { hydrate } from './view.js';

hydrate(document.querySelector('main'));

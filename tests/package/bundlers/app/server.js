export { render } from './view.js';

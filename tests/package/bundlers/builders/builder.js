// What the builders share. Each is a program of its own, since bundlers do not like to live inside of
// Jest:  node <builder>.js '{ "app": directory, "entry": "main", "output": directory }'

/**
 * @typedef {object} Job
 * @property {string} app       directory of the app's sources
 * @property {string} entry     name of its .js (and .html) file, without the ending
 * @property {string} output    directory
 * @property {boolean} [server] for Node.js instead of a page
 */

/** @type {Job} */
export const job = JSON.parse(process.argv[2]);

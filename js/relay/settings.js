// Where settings come from: the command line, the environment, a JSON file; the first that has one
// wins. What they mean is in options.js.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** A mistake in the options, told in words that an operator understands. */
export class OptionError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'OptionError';
  }
}

const kEnvironment = 'WEBRTC_WASM_RELAY_';

/**
 * A `list` has a comma or a space between its values in the environment, `lines` have a value a
 * line, because passwords and paths may hold anything else. A `switch` is also there as `no-…`.
 * @typedef {'text' | 'number' | 'list' | 'lines' | 'switch'} Kind
 */

const kKinds = /** @type {const} */ ({
  listen: 'list',
  port: 'number',
  'turn-port': 'number',
  'turns-port': 'number',
  udp: 'switch',
  tcp: 'switch',
  'tls-cert': 'text',
  'tls-key': 'text',
  'public-url': 'text',
  'trusted-proxy': 'list',
  secret: 'lines',
  'secret-file': 'lines',
  user: 'lines',
  realm: 'text',
  'issue-credentials': 'switch',
  'credentials-ttl': 'number',
  'allow-origin': 'list',
  'allow-peer': 'list',
  'deny-peer': 'list',
  'allow-interfaces': 'switch',
  'relay-address': 'list',
  'external-address': 'list',
  'min-port': 'number',
  'max-port': 'number',
  mdns: 'switch',
  upstream: 'list',
  static: 'lines',
  signaling: 'switch',
  'max-allocations': 'number',
  'max-allocations-per-user': 'number',
  'max-connections': 'number',
  'max-connections-per-address': 'number',
  'max-permissions': 'number',
  'max-permissions-per-user': 'number',
  'max-total-permissions': 'number',
  'max-channels': 'number',
  'max-channels-per-user': 'number',
  'max-total-channels': 'number',
  'max-bytes-per-second': 'number',
  'max-total-bytes-per-second': 'number',
  'max-udp-clients': 'number',
  'max-message-bytes': 'number',
  'max-pending-bytes': 'number',
  'max-total-pending-bytes': 'number',
  'handshake-timeout': 'number',
  'idle-timeout': 'number',
  'nonce-lifetime': 'number',
  'drain-timeout': 'number',
  'metrics-port': 'number',
  'metrics-listen': 'text',
  'log-level': 'text',
  'log-format': 'text',
});

/** @typedef {keyof typeof kKinds} SettingName */

/**
 * @template {SettingName} Name
 * @typedef {(typeof kKinds)[Name] extends 'list' | 'lines' ? string[]
 *   : (typeof kKinds)[Name] extends 'switch' ? boolean
 *   : (typeof kKinds)[Name] extends 'number' ? number : string} ValueOf
 */

/** @typedef {{[Name in SettingName]?: ValueOf<Name>}} Settings */

/** @type {ReadonlyMap<string, Kind>} */
const kKindOf = new Map(Object.entries(kKinds));

/** All that there are; a switch without its `no-`. */
export const kSettingNames = Object.freeze([...kKindOf.keys()]);

/**
 * @param {string[]} args  of the command line
 * @param {Record<string, string | undefined>} env
 * @returns {{help: true} | {version: true} | {settings: Settings}}
 * @throws {OptionError} which names the option, variable or key that is wrong
 */
export function readSettings(args, env) {
  const { help, version, config, ...flags } = readArguments(args);
  if (help) return { help: true };
  if (version) return { version: true };
  const variables = readEnvironment(env);
  const file = config ?? env[`${kEnvironment}CONFIG`];
  const keys = file ? readFile(file) : {};
  return { settings: { ...keys, ...variables, ...flags } };
}

/**
 * @param {string[]} args
 * @returns {Settings & {help?: boolean, version?: boolean, config?: string}}
 */
function readArguments(args) {
  /** @type {import('node:util').ParseArgsConfig['options']} */
  const options = {
    help: { type: 'boolean' },
    version: { type: 'boolean' },
    config: { type: 'string' },
  };
  for (const [name, kind] of kKindOf) {
    if (kind === 'switch') {
      options[name] = { type: 'boolean' };
      options[`no-${name}`] = { type: 'boolean' };
    } else {
      options[name] = { type: 'string', multiple: kind === 'list' || kind === 'lines' };
    }
  }
  let values;
  try {
    ({ values } = parseArgs({ args, options, strict: true, allowPositionals: false }));
  } catch (error) {
    const [text] = String(error instanceof Error ? error.message : error).split('. ');
    throw new OptionError(`${text} (--help lists what there is)`);
  }
  // Whoever asks for help gets it, whatever else is wrong.
  if (values.help || values.version) return values;
  /** @type {Record<string, unknown>} */
  const settings = { config: values.config };
  for (const [name, kind] of kKindOf) {
    const value = values[name];
    const where = `--${name}`;
    if (kind === 'switch' && values[`no-${name}`]) {
      if (value) throw new OptionError(`${where} and --no-${name} contradict each other`);
      settings[name] = false;
    } else if (value !== undefined) {
      settings[name] = kind === 'number' ? toNumber(where, String(value)) : value;
    }
  }
  return settings;
}

/**
 * @param {Record<string, string | undefined>} env
 * @returns {Settings}
 */
function readEnvironment(env) {
  /** @type {Record<string, unknown>} */
  const settings = {};
  for (const [variable, text] of Object.entries(env)) {
    // What is set to nothing, as in many container set-ups, is not set.
    if (!variable.startsWith(kEnvironment) || !text) continue;
    const name = variable.slice(kEnvironment.length).toLowerCase().replaceAll('_', '-');
    if (name === 'config') continue;
    const known = lookUp(name);
    if (!known) throw new OptionError(`${variable} in the environment is no option of the relay`);
    settings[known.name] = fromText(variable, text, known);
  }
  return settings;
}

/**
 * @param {string} file
 * @returns {Settings}
 */
function readFile(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new OptionError(`--config: ${error instanceof Error ? error.message : error}`);
  }
  let content;
  try {
    content = JSON.parse(text);
  } catch (error) {
    // The parser's own message quotes the text, secrets included.
    throw new OptionError(`--config: ${file} is not JSON`);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new OptionError(`--config: ${file} must hold a JSON object`);
  }
  /** @type {Record<string, unknown>} */
  const settings = {};
  for (const [key, value] of Object.entries(content)) {
    const known = lookUp(key);
    if (!known) throw new OptionError(`"${key}" in ${file} is no option of the relay`);
    settings[known.name] = fromJson(`"${key}" in ${file}`, value, known);
  }
  return settings;
}

/**
 * @param {string} name
 * @returns {{name: string, kind: Kind, negated: boolean} | undefined}
 */
function lookUp(name) {
  const kind = kKindOf.get(name);
  if (kind) return { name, kind, negated: false };
  const rest = name.startsWith('no-') ? name.slice(3) : '';
  return kKindOf.get(rest) === 'switch' ? { name: rest, kind: 'switch', negated: true } : undefined;
}

/**
 * @param {string} where
 * @param {string} text
 * @param {{kind: Kind, negated: boolean}} known
 */
function fromText(where, text, { kind, negated }) {
  switch (kind) {
    case 'number':
      return toNumber(where, text);
    case 'list':
      return text.split(/[\s,]+/).filter((value) => value !== '');
    case 'lines':
      return text.split(/\r?\n/).filter((value) => value !== '');
    case 'switch': {
      const word = text.toLowerCase();
      if (['1', 'true', 'yes', 'on'].includes(word)) return !negated;
      if (['0', 'false', 'no', 'off'].includes(word)) return negated;
      throw new OptionError(`${where} must be true or false, not ${text}`);
    }
    default:
      return text;
  }
}

/**
 * @param {string} where
 * @param {unknown} value
 * @param {{kind: Kind, negated: boolean}} known
 */
function fromJson(where, value, { kind, negated }) {
  switch (kind) {
    case 'number':
      if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
      throw new OptionError(`${where} must be a whole number`);
    case 'list':
    case 'lines': {
      const values = Array.isArray(value) ? value : [value];
      if (values.every((one) => typeof one === 'string')) return values;
      throw new OptionError(`${where} must be a string or a list of strings`);
    }
    case 'switch':
      if (typeof value === 'boolean') return value !== negated;
      throw new OptionError(`${where} must be true or false`);
    default:
      if (typeof value === 'string') return value;
      throw new OptionError(`${where} must be a string`);
  }
}

/**
 * @param {string} where
 * @param {string} text
 */
function toNumber(where, text) {
  if (!/^\d+$/.test(text)) throw new OptionError(`${where} must be a whole number, not ${text}`);
  return Number(text);
}

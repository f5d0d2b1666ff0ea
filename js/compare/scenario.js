// What a scenario is: a name, the paragraph it asks about, and a body that uses the API.

/**
 * @typedef {object} ScenarioOptions
 * @property {string} spec a link to the paragraph that says what has to happen
 * @property {string} [group] the subject it belongs to
 * @property {Lane[]} [lanes] what is compared besides calls, settlements, negotiation and notes; a scenario
 *   that asks for more waits for it to be over
 * @property {boolean} [tasks] compare which events and settlements share a task
 * @property {number} [timeout] ms, 20000 unless told
 */

/** @typedef {'needed' | 'gathering' | 'ice' | 'connection' | 'transport' | 'channel' | 'media'} Lane */
/** @typedef {import('./context.js').Context} Context */

/**
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string} spec
 * @property {string} group
 * @property {Lane[]} lanes
 * @property {boolean} tasks
 * @property {number} timeout
 * @property {(context: Context) => any} body
 */

/**
 * Defines a scenario.
 *
 *     scenario('an offer names its data section', { spec: 'https://…' }, async ({ pc }) => {
 *       const a = pc();
 *       a.createDataChannel('x');
 *       await a.setLocalDescription();
 *     });
 *
 * @param {string} name that no other scenario of a run has
 * @param {ScenarioOptions} options
 * @param {(context: Context) => any} body
 * @returns {Scenario}
 * @throws {TypeError} without a name, a link or a body
 */
export function scenario(name, options, body) {
  if (!name || typeof name !== 'string') throw new TypeError('a scenario needs a name');
  if (!/^https:\/\//.test(options?.spec ?? '')) {
    throw new TypeError(`the scenario "${name}" needs a link to its specification`);
  }
  if (typeof body !== 'function') throw new TypeError(`the scenario "${name}" needs a body`);
  return Object.freeze({
    name,
    spec: options.spec,
    group: options.group ?? 'own',
    lanes: options.lanes ?? [],
    tasks: options.tasks ?? false,
    timeout: options.timeout ?? 20_000,
    body,
  });
}

/**
 * Scenarios of one subject: the group's name and link hold for all that give none of their own.
 * @param {string} group
 * @param {string} spec
 * @returns {{ scenario: (name: string, options: Partial<ScenarioOptions>, body: (context: Context) => any) => void, all: Scenario[] }}
 */
export function subject(group, spec) {
  /** @type {Scenario[]} */
  const all = [];
  return {
    all,
    scenario(name, options, body) {
      // A fragment is one of the group's document.
      const link = options.spec?.startsWith('#') ? spec.replace(/#.*/, options.spec) : options.spec;
      all.push(scenario(name, { ...options, spec: link ?? spec, group }, body));
    },
  };
}

// A graph of the last minute, on a canvas: a few lines, their latest values in words beside them.

/** Samples that are shown: a minute of two a second. */
const kSamples = 120;
const kPadding = { top: 6, right: 4, bottom: 6, left: 4 };

/** @typedef {'solid' | 'dash' | 'dot'} Stroke */

/**
 * @typedef {object} Line
 * @property {string} key
 * @property {string} name
 * @property {string} colour  a custom property of the style sheet
 * @property {Stroke} [stroke]
 */

/**
 * @typedef {object} GraphOptions
 * @property {string} id
 * @property {string} title
 * @property {string} [about]   what is measured, for who points at the title
 * @property {Line[]} lines
 * @property {(value: number) => string} format
 * @property {number} least     the smallest top of the scale
 */

/** @type {Record<Stroke, number[]>} */
const kDashes = { solid: [], dash: [6, 4], dot: [1.5, 3.5] };

export class Graph {
  /** @type {Map<string, (number | undefined)[]>} */
  #values = new Map();
  #options;
  #canvas;
  #scale;
  #readouts;

  /**
   * @param {HTMLElement} parent
   * @param {GraphOptions} options
   */
  constructor(parent, options) {
    this.#options = options;
    const template = /** @type {HTMLTemplateElement} */ (document.getElementById('graph-template'));
    const root = /** @type {HTMLElement} */ (
      /** @type {DocumentFragment} */ (template.content.cloneNode(true)).firstElementChild
    );
    root.dataset.graph = options.id;
    const find = (/** @type {string} */ selector) =>
      /** @type {HTMLElement} */ (root.querySelector(selector));
    const title = find('h3');
    title.textContent = options.title;
    if (options.about) title.title = options.about;
    this.#canvas = /** @type {HTMLCanvasElement} */ (find('canvas'));
    this.#scale = find('.scale');
    this.#readouts = new Map(
      options.lines.map((line) => {
        const item = document.createElement('li');
        item.dataset.stroke = line.stroke ?? 'solid';
        item.style.setProperty('--line-colour', `var(${line.colour})`);
        const key = document.createElement('i');
        key.setAttribute('aria-hidden', 'true');
        const name = document.createElement('span');
        name.textContent = line.name;
        const value = document.createElement('b');
        value.dataset.line = line.key;
        item.append(key, name, value);
        find('ul').append(item);
        return [line.key, value];
      }),
    );
    parent.append(root);
    this.clear();
    new ResizeObserver(() => this.#draw()).observe(this.#canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#draw());
  }

  /** @param {Record<string, number | undefined>} sample  one value a line; absent ones are gaps */
  add(sample) {
    for (const { key } of this.#options.lines) {
      const values = /** @type {(number | undefined)[]} */ (this.#values.get(key));
      const value = sample[key];
      values.push(Number.isFinite(value) ? value : undefined);
      if (values.length > kSamples) values.shift();
      this.#show(key, values[values.length - 1]);
    }
    this.#hideUnused();
    this.#draw();
  }

  /** A line that has had no value stands in the way of those that have. */
  #hideUnused() {
    const isUsed = (/** @type {string} */ key) =>
      this.#values.get(key)?.some((value) => value !== undefined);
    const anyUsed = this.#options.lines.some(({ key }) => isUsed(key));
    for (const { key } of this.#options.lines) {
      const item = /** @type {HTMLElement} */ (this.#readouts.get(key)?.parentElement);
      item.hidden = anyUsed && !isUsed(key);
    }
  }

  clear() {
    for (const { key } of this.#options.lines) {
      this.#values.set(key, []);
      this.#show(key, undefined);
    }
    this.#hideUnused();
    this.#draw();
  }

  /**
   * @param {string} key
   * @param {number | undefined} value
   */
  #show(key, value) {
    const readout = /** @type {HTMLElement} */ (this.#readouts.get(key));
    readout.textContent = value === undefined ? '–' : this.#options.format(value);
    readout.dataset.value = value === undefined ? '' : String(value);
  }

  #draw() {
    const canvas = this.#canvas;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (width === 0) return;
    const ratio = devicePixelRatio;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    context.scale(ratio, ratio);
    const style = getComputedStyle(canvas);
    const all = [...this.#values.values()].flat();
    const top = niceTop(Math.max(this.#options.least, ...all.map((value) => value ?? 0)));
    this.#scale.textContent = this.#options.format(top);

    const { top: above, right, bottom, left } = kPadding;
    const x = (/** @type {number} */ i) => left + (i * (width - left - right)) / (kSamples - 1);
    const y = (/** @type {number} */ value) =>
      height - bottom - (value / top) * (height - above - bottom);
    context.strokeStyle = style.getPropertyValue('--line');
    context.lineWidth = 1;
    for (const share of [0, 0.5, 1]) {
      context.beginPath();
      context.moveTo(left, Math.round(y(share * top)) + 0.5);
      context.lineTo(width - right, Math.round(y(share * top)) + 0.5);
      context.stroke();
    }
    context.lineJoin = 'round';
    // The first line lies on top.
    for (const line of [...this.#options.lines].reverse()) {
      const values = /** @type {(number | undefined)[]} */ (this.#values.get(line.key));
      context.strokeStyle = style.getPropertyValue(line.colour);
      context.lineWidth = line.stroke ? 1.25 : 2;
      context.setLineDash(kDashes[line.stroke ?? 'solid']);
      context.beginPath();
      const offset = kSamples - values.length;
      let pen = false;
      values.forEach((value, i) => {
        if (value !== undefined && pen) context.lineTo(x(offset + i), y(value));
        else if (value !== undefined) context.moveTo(x(offset + i), y(value));
        pen = value !== undefined;
      });
      context.stroke();
    }
    this.#describe();
  }

  #describe() {
    const { title, lines } = this.#options;
    const words = lines.map(({ key, name }) => `${name} ${this.#readouts.get(key)?.textContent}`);
    this.#canvas.setAttribute('aria-label', `${title}, the last minute. Now: ${words.join(', ')}`);
  }
}

/**
 * 1, 1.5, 2, 3, 5 or 7 times a power of ten.
 * @param {number} value
 */
function niceTop(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.5, 2, 3, 5, 7].find((step) => step * power >= value) ?? 10) * power;
}

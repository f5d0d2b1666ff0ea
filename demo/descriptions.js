// The card with the two session descriptions and the list of events.

export class Descriptions {
  constructor() {
    this.text = /** @type {HTMLElement} */ (document.getElementById('sdp-text'));
    this.tabs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[role="tab"]')]);
    this.selected = 'offer';
    this.clear();
    for (const tab of this.tabs) {
      tab.addEventListener('click', () => this.#select(tab));
      tab.addEventListener('keydown', (event) => this.#move(tab, event));
    }
    const copy = /** @type {HTMLButtonElement} */ (document.getElementById('copy'));
    copy.addEventListener('click', async () => {
      await navigator.clipboard.writeText(this.text.textContent ?? '');
      copy.textContent = 'Copied';
      copy.addEventListener('blur', () => (copy.textContent = 'Copy'), { once: true });
    });
  }

  clear() {
    this.descriptions = { offer: '', answer: '' };
    /** @type {{time: string, who: string, what: string}[]} */
    this.events = [];
    this.#render();
  }

  /**
   * @param {'offer' | 'answer'} type
   * @param {string} sdp
   */
  set(type, sdp) {
    if (this.descriptions[type] === sdp) return;
    this.descriptions[type] = sdp;
    if (this.selected === type) this.#render();
  }

  /**
   * @param {string} who
   * @param {string} what
   */
  log(who, what) {
    this.start ??= performance.now();
    const time = ((performance.now() - this.start) / 1000).toFixed(3).padStart(7);
    this.events.push({ time, who, what });
    if (this.selected === 'log') this.#render();
  }

  /** @param {HTMLElement} tab */
  #select(tab) {
    for (const other of this.tabs) {
      other.setAttribute('aria-selected', String(other === tab));
      other.tabIndex = other === tab ? 0 : -1;
    }
    this.selected = tab.id.replace('tab-', '');
    this.text.setAttribute('aria-labelledby', tab.id);
    this.#render();
  }

  /**
   * @param {HTMLElement} tab
   * @param {KeyboardEvent} event
   */
  #move(tab, event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = (this.tabs.indexOf(tab) + step + this.tabs.length) % this.tabs.length;
    this.tabs[at].focus();
    this.#select(this.tabs[at]);
  }

  #render() {
    if (this.selected === 'log') {
      this.text.replaceChildren(
        ...this.events.flatMap(({ time, who, what }) => [
          span('time', `${time} `),
          span(`who-${who.toLowerCase()}`, `${who} `),
          `${what}\n`,
        ]),
      );
      if (this.events.length === 0) this.text.textContent = 'Nothing has happened yet.';
      return;
    }
    const sdp = this.descriptions[/** @type {'offer' | 'answer'} */ (this.selected)];
    if (!sdp) {
      this.text.textContent = `Connect to see the ${this.selected}.`;
      return;
    }
    this.text.replaceChildren(
      ...sdp
        .trimEnd()
        .split(/\r?\n/)
        .flatMap((line) => {
          const key = /^(?:a=[\w-]+|\w=)/.exec(line)?.[0] ?? '';
          return [span('key', key), `${line.slice(key.length)}\n`];
        }),
    );
  }
}

/**
 * @param {string} className
 * @param {string} text
 */
function span(className, text) {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}

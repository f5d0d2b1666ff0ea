// What a peer's panel shows; no knowledge of connections here.

export class Panel {
  /**
   * @param {HTMLElement} root
   * @param {string} name  'A' or 'B'
   */
  constructor(root, name) {
    this.root = root;
    this.name = name;
    const template = /** @type {HTMLTemplateElement} */ (document.getElementById('peer-template'));
    root.append(template.content.cloneNode(true));
    const heading = this.find('h2');
    heading.id = `title-${name.toLowerCase()}`;
    heading.textContent = `Peer ${name}`;
    this.find('.say input').setAttribute('aria-label', `Message from peer ${name}`);
    this.find('.files input').setAttribute('aria-label', `File from peer ${name}`);
    this.find('.chat').setAttribute('aria-label', `Messages of peer ${name}`);
  }

  /**
   * @param {string} selector
   * @returns {HTMLElement}
   */
  find(selector) {
    return /** @type {HTMLElement} */ (this.root.querySelector(selector));
  }

  /** @param {string} text */
  badge(text) {
    this.find('.badge').textContent = text;
  }

  /**
   * @param {string} field
   * @param {string} value
   */
  show(field, value) {
    const cell = this.find(`[data-field="${field}"]`);
    if (cell.textContent !== value) cell.textContent = value;
    if (field === 'connectionState') cell.dataset.state = value;
  }

  /** Back to how a panel looks before a session. */
  reset() {
    this.show('connectionState', 'new');
    this.show('signalingState', 'stable');
    this.show('iceGatheringState', 'new');
    this.show('iceConnectionState', 'new');
    for (const field of ['dtlsState', 'sctpState', 'roundTrip']) this.show(field, '–');
    this.show('pair', 'none yet');
    for (const field of ['sent', 'received']) this.show(field, '0 B');
    this.find('.chat').replaceChildren(paragraph('Messages appear here.', 'empty'));
    this.find('.transfers').replaceChildren();
  }

  /**
   * @param {string} text
   * @param {boolean} mine
   */
  message(text, mine) {
    const chat = this.find('.chat');
    chat.querySelector('.empty')?.remove();
    chat.append(paragraph(text, mine ? 'mine' : 'theirs'));
    chat.scrollTop = chat.scrollHeight;
  }

  /** @param {boolean} enabled */
  enableChat(enabled) {
    for (const control of this.root.querySelectorAll('.say input, .say button')) {
      /** @type {HTMLInputElement} */ (control).disabled = !enabled;
    }
  }

  /** @param {boolean} enabled */
  enableFiles(enabled) {
    for (const control of this.root.querySelectorAll('.files input, .files .sample')) {
      /** @type {HTMLInputElement} */ (control).disabled = !enabled;
    }
  }

  /**
   * A line in the list of transfers.
   * @param {string} name
   * @param {number} size
   * @param {boolean} outgoing
   */
  transfer(name, size, outgoing) {
    const item = document.createElement('li');
    const row = document.createElement('div');
    row.className = 'row';
    const title = document.createElement('span');
    title.className = 'name';
    title.textContent = `${outgoing ? '↑' : '↓'} ${name}`;
    const status = document.createElement('span');
    status.className = 'status';
    const bar = document.createElement('progress');
    bar.max = Math.max(size, 1);
    bar.value = 0;
    bar.setAttribute('aria-label', name);
    row.append(title, status);
    item.append(row, bar);
    this.find('.transfers').prepend(item);
    return {
      /** @param {number} bytes */
      progress(bytes) {
        bar.value = bytes;
        status.textContent = `${formatBytes(bytes)} of ${formatBytes(size)}`;
      },
      /**
       * @param {'verified' | 'sent' | 'broken'} state
       * @param {string} text
       * @param {Blob} [blob]
       */
      finish(state, text, blob) {
        item.dataset.state = state;
        status.textContent = text;
        if (state !== 'broken') bar.value = bar.max;
        if (!blob) return;
        const link = document.createElement('a');
        link.href = URL.createObjectURL(blob);
        link.download = name;
        link.textContent = title.textContent;
        title.replaceChildren(link);
      },
    };
  }
}

/**
 * @param {string} text
 * @param {string} className
 */
function paragraph(text, className) {
  const element = document.createElement('p');
  element.textContent = text;
  element.className = className;
  return element;
}

/** @param {number} bytes */
export function formatBytes(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

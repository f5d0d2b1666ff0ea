// Elements, from data alone: text never becomes markup.

/**
 * @param {string} tag with classes: `p.note`
 * @param {Record<string, any> | null} properties attributes; `on…` are listeners
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function el(tag, properties, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length > 0) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (typeof value === 'function') element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== false && value !== undefined) element.setAttribute(key, String(value));
  }
  for (const child of children) if (child || child === '') element.append(child);
  return element;
}

/**
 * @param {string} href
 * @param {...(Node | string)} children
 */
export const link = (href, ...children) =>
  el('a', { href, target: '_blank', rel: 'noreferrer' }, ...children);

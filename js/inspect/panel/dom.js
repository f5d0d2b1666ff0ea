// Elements, without a framework and without markup in strings: pages with trusted types take this too.

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * @param {string} tag
 * @param {Record<string, any>} [members] attributes; functions are listeners, `class` is one
 * @param {...(Child | Child[])} children
 * @returns {any}
 */
export function el(tag, members = {}, ...children) {
  return filled(document.createElement(tag), members, children);
}

/**
 * @param {string} tag
 * @param {Record<string, any>} [members]
 * @param {...(Child | Child[])} children
 * @returns {any}
 */
export function svg(tag, members = {}, ...children) {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), members, children);
}

/**
 * @param {Element} element
 * @param {Record<string, any>} members
 * @param {(Child | Child[])[]} children
 */
function filled(element, members, children) {
  for (const [name, value] of Object.entries(members)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value !== undefined && value !== null && value !== false) {
      element.setAttribute(name, value === true ? '' : `${value}`);
    }
  }
  element.append(
    .../** @type {(Node | string)[]} */ (
      children
        .flat()
        .filter((child) => child !== null && child !== undefined && child !== false)
        .map((child) => (typeof child === 'number' ? `${child}` : child))
    ),
  );
  return element;
}

/** @param {Element} element @param {...Child} children */
export function fill(element, ...children) {
  element.replaceChildren(
    .../** @type {(Node | string)[]} */ (
      children.filter((child) => child instanceof Node || typeof child === 'string')
    ),
  );
}

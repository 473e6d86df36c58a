/**
 * A new element. Children are nodes or strings; strings become text, never markup,
 * because titles, quotes and file names are other people's words.
 */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const byId = (id) => document.getElementById(id);

/** For screen readers only. */
export const hidden = (text) => el("span", { class: "visually-hidden" }, ` ${text}`);

import { strings } from "../strings.js";

/**
 * A new element. Children are nodes or strings; strings become text, never markup,
 * because titles, quotes and answers are other people's words.
 */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const byId = (id) => document.getElementById(id);

/** Fills the words into markup that carries data-s (text) or data-s-label. */
export function fillWords(root = document) {
  for (const node of root.querySelectorAll("[data-s]")) node.textContent = strings[node.dataset.s];
  for (const node of root.querySelectorAll("[data-s-label]")) node.setAttribute("aria-label", strings[node.dataset.sLabel]);
}

/** Speaks a message of the documents panel to screen readers, once. */
export function announce(message) {
  const region = document.querySelector("#documents [role=status]");
  region.textContent = "";
  // A change in the same task may be missed when the words are the same as before.
  setTimeout(() => (region.textContent = message), 50);
}

export const newTabNote = () => el("span", { class: "visually-hidden" }, ` ${strings.newTab}`);

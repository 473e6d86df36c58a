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

const SVG = "http://www.w3.org/2000/svg";

/** A line drawing on a field of 20 by 20, for the eye only. */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export const byId = (id) => document.getElementById(id);

/** Fills the words into markup that carries data-s (text), data-s-label and data-s-placeholder. */
export function fillWords(root = document) {
  for (const node of root.querySelectorAll("[data-s]")) node.textContent = strings[node.dataset.s];
  for (const node of root.querySelectorAll("[data-s-label]")) node.setAttribute("aria-label", strings[node.dataset.sLabel]);
  for (const node of root.querySelectorAll("[data-s-placeholder]")) node.placeholder = strings[node.dataset.sPlaceholder];
}

/** Speaks a message to screen readers, once. */
export function announce(message) {
  // Everything outside an open modal dialog is inert, live regions too, so the dialog has its own.
  const region = document.querySelector("dialog[open] [role=status]") ?? byId("announcer");
  region.textContent = "";
  // A change in the same task may be missed when the words are the same as before.
  setTimeout(() => (region.textContent = message), 50);
}

/** A link to a page of this service in a new tab; any other address is shown as text without a link. */
export function passageLink(url, attributes, ...children) {
  return el("a", { ...attributes, href: ownAddress(url), target: "_blank", rel: "noopener" }, ...children);
}

/** The address if it is on this server, else null: an address from data must not become a script or a lure. */
export function ownAddress(url) {
  try {
    const parsed = new URL(url, location.origin);
    return parsed.origin === location.origin ? parsed.pathname + parsed.search + parsed.hash : null;
  } catch {
    return null;
  }
}

/** Text as nodes, with the characters [from, to) in bold. */
export function withStrong(text, range) {
  if (!range) return [text];
  return [text.slice(0, range[0]), el("strong", {}, text.slice(...range)), text.slice(range[1])].filter((part) => part !== "");
}

export const newTabNote = () => el("span", { class: "visually-hidden" }, ` ${strings.newTab}`);

export const prefersStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

import { copy } from "../clipboard.js";
import { byId, el, hidden } from "../dom.js";
import { requestWords } from "../shared-words.js";
import { words } from "./words.js";

const SHOWN_MS = 8000;
let showing = 0;

/** Speaks a message to screen readers and shows it for a while. */
export function announce(message) {
  const region = byId("announcer");
  region.textContent = "";
  clearTimeout(showing);
  // A change in the same task may be missed when the words are the same as before.
  showing = setTimeout(() => {
    region.textContent = message;
    showing = setTimeout(() => (region.textContent = ""), SHOWN_MS);
  }, 50);
}

/** A button; `kind` is primary, secondary, danger, quiet or plain. */
export const button = (kind, label, onclick, attributes = {}) => el("button", { type: "button", class: kind, onclick, ...attributes }, label);

/** A link to a page of this server in a new tab; an address from data that leads elsewhere becomes plain text. */
export function pageLink(url, attributes, ...children) {
  const address = ownAddress(url);
  if (!address) return el("span", attributes, ...children);
  return el("a", { ...attributes, href: address, target: "_blank", rel: "noopener" }, ...children, hidden(words.newTab));
}

function ownAddress(url) {
  try {
    const parsed = new URL(url, location.origin);
    return parsed.origin === location.origin ? parsed.pathname + parsed.search + parsed.hash : null;
  } catch {
    return null;
  }
}

/** Small facts in a row. */
export const facts = (...parts) => el("p", { class: "facts" }, parts.filter(Boolean).map((part) => el("span", {}, part)));

/** What went wrong, with the way out, and a button to try again where that may help. */
export function failure(error, retry = null) {
  return el(
    "div",
    { class: "failure", role: "alert" },
    el("p", { class: "failure-title" }, error.title ?? requestWords.failedTitle),
    el("p", {}, error.detail ?? error.message),
    error.hint ? el("p", { class: "muted" }, error.hint) : null,
    retry ? button("secondary", words.retry, retry) : null,
  );
}

/** A command or tag in a box, with a button that copies it. */
export function copyBox(text, label) {
  const copyButton = button("secondary", words.copy, async () => {
    const worked = await copy(text);
    copyButton.textContent = worked ? words.copied : words.copyFailed;
    announce(copyButton.textContent);
    setTimeout(() => (copyButton.textContent = words.copy), 2500);
  });
  copyButton.setAttribute("aria-label", label);
  return el("div", { class: "copy-box" }, el("code", {}, text), copyButton);
}

/** A table that turns into cards on a phone, by the labels of its cells. Cells are strings, nodes or lists of them. */
export function table(caption, columns, rows) {
  // The roles are said, because a browser forgets them once the cells are no table cells for the eye.
  const head = el("tr", { role: "row" }, columns.map((column) => el("th", { role: "columnheader", scope: "col", class: column.kind }, column.label)));
  return el(
    "table",
    { role: "table", class: "rows" },
    el("caption", { class: "visually-hidden" }, caption),
    el("thead", { role: "rowgroup" }, head),
    el("tbody", { role: "rowgroup" }, rows.map((row) => el("tr", { role: "row", ...row.attributes }, row.cells.map((cell, i) => tableCell(columns[i], cell))))),
  );
}

function tableCell(column, content) {
  const inner = el("div", { class: "cell" }, content);
  if (column.heads) return el("th", { role: "rowheader", scope: "row", class: "heads" }, inner);
  return el("td", { role: "cell", class: column.kind, "data-label": column.label }, inner);
}

/** A labelled field of a form; `hint` is read with it. */
export function field(label, control, hint = "") {
  const id = control.id || `field-${Math.random().toString(36).slice(2, 9)}`;
  control.id = id;
  if (hint) control.setAttribute("aria-describedby", `${id}-hint`);
  return el("div", { class: "field" }, el("label", { for: id }, label), hint ? el("p", { class: "hint", id: `${id}-hint` }, hint) : null, control);
}

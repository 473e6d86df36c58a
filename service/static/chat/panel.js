import { strings } from "../strings.js";

/** Fills the words into markup that carries data-s (text) or data-s-label. */
export function fillWords() {
  for (const node of document.querySelectorAll("[data-s]")) node.textContent = strings[node.dataset.s];
  for (const node of document.querySelectorAll("[data-s-label]")) node.setAttribute("aria-label", strings[node.dataset.sLabel]);
}

/** Speaks a message of the documents panel to screen readers, once. */
export function announce(message) {
  const region = document.querySelector("#documents > [role=status]");
  region.textContent = "";
  // A change in the same task may be missed when the words are the same as before.
  setTimeout(() => (region.textContent = message), 50);
}

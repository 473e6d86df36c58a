import { el } from "./dom.js";
import { place } from "./sources.js";

// One preview for the page: the quote behind the marker that is pointed at or focused.
// It is for the eye only; screen readers get the quote as the marker's description.

const LINGER_MS = 160; // long enough to move the pointer from the marker into the preview

let card = null;
let owner = null;
let timer = 0;

/** Shows the citation's quote while the marker has the pointer or the focus. */
export function peekFrom(marker, citation) {
  marker.addEventListener("pointerenter", (event) => {
    if (event.pointerType !== "touch") show(marker, citation);
  });
  marker.addEventListener("pointerleave", hideSoon);
  marker.addEventListener("focus", () => {
    if (marker.matches(":focus-visible")) show(marker, citation);
  });
  marker.addEventListener("blur", hide);
}

export function hide() {
  clearTimeout(timer);
  card?.remove();
  card = owner = null;
}

function hideSoon() {
  clearTimeout(timer);
  timer = setTimeout(hide, LINGER_MS);
}

function show(marker, citation) {
  clearTimeout(timer);
  if (owner === marker) return;
  hide();
  owner = marker;
  card = el(
    "div",
    { class: "peek", "aria-hidden": "true" },
    el("p", { class: "peek-title", dir: "auto" }, citation.title),
    el("p", { class: "peek-place" }, ...place(citation)),
    el("p", { class: "peek-quote", dir: "auto" }, citation.quote),
  );
  card.addEventListener("pointerenter", () => clearTimeout(timer));
  card.addEventListener("pointerleave", hideSoon);
  document.body.append(card);
  position(marker);
}

function position(marker) {
  const gap = 8;
  const at = marker.getBoundingClientRect();
  const size = card.getBoundingClientRect();
  const left = Math.min(Math.max(gap, at.left + at.width / 2 - size.width / 2), innerWidth - size.width - gap);
  const above = at.top - size.height - gap;
  card.style.left = `${left}px`;
  card.style.top = `${above > gap ? above : at.bottom + gap}px`;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && card) {
    event.stopPropagation();
    hide();
  }
}, { capture: true });

// Focus may scroll the marker into view, so scrolling moves the preview rather than closing it.
document.addEventListener("scroll", () => {
  if (!card) return;
  const { top, bottom } = owner.getBoundingClientRect();
  if (bottom < 0 || top > innerHeight) hide();
  else position(owner);
}, { passive: true });

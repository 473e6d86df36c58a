import { svg, html, type TemplateResult } from "lit";

const PATHS = {
  previous: "M12.5 4.5 7 10l5.5 5.5",
  next: "M7.5 4.5 13 10l-5.5 5.5",
  close: "M5 5l10 10M15 5 5 15",
  open: "M8 4.5H5A1.5 1.5 0 0 0 3.5 6v9A1.5 1.5 0 0 0 5 16.5h9a1.5 1.5 0 0 0 1.5-1.5v-3M11.5 3.5h5v5M16.5 3.5 9 11",
  plus: "M10 4.5v11M4.5 10h11",
  minus: "M4.5 10h11",
};

/** A line drawing on a field of 20 by 20, for the eye only; arrows turn with the direction of writing. */
export function sourceIcon(name: keyof typeof PATHS): TemplateResult {
  const turns = name === "previous" || name === "next";
  return html`<svg viewBox="0 0 20 20" aria-hidden="true" class=${turns ? "turns" : ""}>${svg`<path d=${PATHS[name]} />`}</svg>`;
}

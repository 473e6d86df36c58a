import { html, nothing, type TemplateResult } from "lit";

const PATHS = {
  chat: "M3.5 4.5h13v9.5h-7l-3.5 3v-3h-2.5z M7 8h6 M7 10.8h4",
  close: "M5 5l10 10M15 5L5 15",
  down: "M5 7.5l5 5 5-5",
  minus: "M4.5 10h11",
  more: "M4.5 9.9v.2M10 9.9v.2M15.5 9.9v.2",
  next: "M7.5 4.5 13 10l-5.5 5.5",
  open: "M8 4.5H5A1.5 1.5 0 0 0 3.5 6v9A1.5 1.5 0 0 0 5 16.5h9a1.5 1.5 0 0 0 1.5-1.5v-3M11.5 3.5h5v5M16.5 3.5 9 11",
  previous: "M12.5 4.5 7 10l5.5 5.5",
  plus: "M10 4v12M4 10h12",
  send: "M10 16V4.5M5 9.5l5-5 5 5",
  stop: "M6 6h8v8H6z",
  copy: "M7 7h9v9H7z M4 13V4h9",
  thumb: "M6.5 9l3-6.5c1.2 0 2 .9 2 2V7.5h4c1 0 1.7.9 1.5 1.9l-1.1 5.6c-.2.9-.9 1.5-1.8 1.5H6.5z M6.5 9h-3v7.5h3",
  enlarge: "M11.5 4H16v4.5M16 4l-5 5M8.5 16H4v-4.5M4 16l5-5",
  shrink: "M16 9h-4.5V4.5M11.5 9l5-5M4 11h4.5v4.5M8.5 11l-5 5",
  offline: "M3 3l14 14M2.5 8a11 11 0 0 1 4-2.5M10 5c2.8 0 5.5 1.1 7.5 3M5.5 11a6.5 6.5 0 0 1 3-1.7M13 10l1.5 1M10 15h.01",
} as const;

/** A line drawing on a field of 20 by 20, for the eye only; arrows turn with the direction of writing. */
export function icon(name: keyof typeof PATHS): TemplateResult {
  const turns = name === "previous" || name === "next";
  return html`<svg viewBox="0 0 20 20" aria-hidden="true" class=${turns ? "turns" : nothing}><path d=${PATHS[name]}></path></svg>`;
}

import { css } from "lit";

/** The source beside or over the chat. */
export const sourceStyles = css`
  :host { display: block; min-width: 0; min-height: 0; height: 100%; }
  .panel { position: relative; display: flex; flex-direction: column; height: 100%; min-height: 0; background: var(--_bg); color: var(--_text); font: 1em/1.55 var(--_sans); text-align: start; }

  header { padding: 0.4em 1em 0.75em; border-bottom: 1px solid var(--_line); }
  .bar { display: flex; align-items: center; gap: 0.15em; min-height: 2.75em; margin-inline: -0.5em; }
  .space { flex: 1; }
  .label { padding-inline-start: 0.6em; }
  .label, .count { color: var(--_muted); font-size: 0.8125em; font-variant-numeric: tabular-nums; }
  .steps { display: flex; align-items: center; gap: 0.15em; }
  .iconic[aria-disabled="true"] { opacity: 0.4; cursor: default; background: none; }
  .turns:dir(rtl) { transform: scaleX(-1); }
  h2 { overflow: hidden; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; font: 600 1.125em/1.35 var(--_serif); letter-spacing: -0.005em; }
  h2:focus { outline: none; }
  h2:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
  .facts { margin-top: 0.25em; }

  .banner { flex: none; max-height: 40%; overflow: auto; padding: 0.75em 1em; background: var(--_warn-soft); border-bottom: 1px solid var(--_line); font-size: 0.875em; }
  .banner > p { color: var(--_warn); font-weight: 600; }
  dl { display: grid; gap: 0.6em; margin: 0.6em 0 0; }
  dt { color: var(--_muted); font-size: 0.9em; }
  dd { margin: 0; padding-inline-start: 0.75em; border-inline-start: 3px solid var(--_edge); font-family: var(--_serif); }

  .tabs { display: flex; flex: none; gap: 0.25em; padding: 0 0.75em; border-bottom: 1px solid var(--_line); }
  .tabs button { min-height: 2.6em; min-width: 3.5em; padding: 0 0.75em; border: 0; border-bottom: 2px solid transparent; border-radius: 0; background: none; color: var(--_muted); font-size: 0.875em; }
  .tabs button:hover { color: var(--_text); }
  .tabs button[aria-selected="true"] { border-color: var(--_accent); color: var(--_text); font-weight: 600; }
  .tabs button:focus-visible { outline-offset: -3px; }

  .body { position: relative; flex: 1; min-height: 0; overflow: auto; overscroll-behavior: contain; padding: 1em 1em 4em; }
  .body:focus-visible { outline-offset: -3px; border-radius: 0; }
  .body.page { display: flex; flex-direction: column; padding: 0; overflow: hidden; }
  .waiting > * + * { margin-top: 0.75em; }
  .note { padding: 0.5em 1em; background: var(--_surface); color: var(--_muted); font-size: 0.8125em; }
  .body:not(.page) > .note { margin-block: 1em; border-radius: 8px; }

  pre { margin: 0; }
  .text { font: 1.0625em/1.65 var(--_serif); }
  .text > * + * { margin-top: 0.9em; }
  .heading { font: 650 1em/1.35 var(--_sans); }
  .text > * + .heading { margin-top: 1.6em; }
  .level-3 { font-size: 1.2em; }
  .level-4 { font-size: 1.08em; }
  .text ul, .text ol { padding-inline-start: 1.5em; }
  .text ol { list-style: decimal; }
  .text .bullets { list-style: disc; }
  .text .mixed { padding-inline-start: 0.5em; }
  .text li { white-space: pre-wrap; }
  .text li + li { margin-top: 0.3em; }
  .gap { color: var(--_muted); font-size: 0.9em; }
  .code, .rows { padding: 0.75em 0.9em; border-radius: 8px; background: var(--_surface); font: 0.8em/1.6 var(--_mono); white-space: pre-wrap; }
  .spelled { display: none; }
  mark { padding: 0.1em 0; border-radius: 2px; background: var(--_mark); color: var(--_on-mark); box-decoration-break: clone; -webkit-box-decoration-break: clone; }

  .similar mark { background: none; color: inherit; text-decoration: underline dashed 1.5px var(--_warn); text-underline-offset: 0.25em; }

  .table { overflow-x: auto; border: 1px solid var(--_line); border-radius: 8px; }
  table { width: 100%; border-collapse: collapse; font: 0.8em/1.5 var(--_sans); font-variant-numeric: tabular-nums; }
  th, td { min-width: 4.5em; padding: 0.4em 0.7em; text-align: start; vertical-align: top; overflow-wrap: break-word; }
  th { background: var(--_surface); font-weight: 600; }
  tr + tr > *, thead + tbody > tr > * { border-top: 1px solid var(--_line); }

  .page-break { display: flex; align-items: center; gap: 0.8em; color: var(--_muted); font: 0.75em/1.4 var(--_sans); }
  .page-break::before, .page-break::after { content: ""; flex: 1; border-top: 1px solid var(--_line); }

  @media (pointer: coarse) { .tabs button { min-height: 44px; } }
  @media (forced-colors: active) {
    .text:not(.similar) mark { forced-color-adjust: none; background: Mark; color: MarkText; }
    .tabs button[aria-selected="true"] { border-color: Highlight; }
    .iconic[aria-disabled="true"] { color: GrayText; opacity: 1; }
  }
`;

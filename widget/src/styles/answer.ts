import { css } from "lit";

/** Questions, answers, markers, sources, and the rating. */
export const answerStyles = css`
  /* Room below the last question, so that it can rise to the top and its answer grows without moving anything. */
  .exchange:last-child { min-block-size: calc(100cqh - 2em); }
  .exchange + .exchange { margin-block-start: 2.5em; }

  .question { display: flex; justify-content: flex-end; font-size: 1em; font-weight: 400; outline-offset: 4px; }
  .bubble { max-inline-size: 85%; padding: 0.5em 0.95em; border-radius: 1.15em; border-end-end-radius: 0.3em; background: var(--_surface); white-space: pre-wrap; }
  .bubble > span { display: block; }

  .answer { margin-block-start: 1.35em; }
  .answer h4 { color: var(--_muted); font-size: 0.8125em; font-weight: 600; }
  .understood { margin-block-end: 0.6em; color: var(--_muted); font-size: 0.875em; }
  .understood bdi { color: var(--_text); }
  .undo { margin-inline-start: 0.35em; }

  .progress { color: var(--_muted); font-size: 0.9375em; }
  .progress::before { content: ""; display: inline-block; inline-size: 0.5em; block-size: 0.5em; margin-inline-end: 0.6em; border-radius: 50%; background: var(--_accent); animation: pulse 1.2s ease-in-out infinite; }
  @keyframes pulse { 50% { opacity: 0.25; scale: 0.8; } }

  .prose { font: 1.0938em/1.65 var(--_serif); white-space: pre-line; }
  /* Each sentence runs in its own direction, without turning its neighbours. */
  .words { unicode-bidi: plaintext; }
  .pending { color: var(--_muted); }
  .prose strong, .quote strong { font-weight: 700; }
  .prose strong { background: linear-gradient(transparent 64%, var(--_mark) 64%); }

  .unsupported .words { text-decoration: underline wavy var(--_warn) 1px; text-underline-offset: 0.25em; }
  .tag { display: inline-block; padding-inline: 0.5em; border-radius: 5px; background: var(--_warn-soft); color: var(--_warn); font: 0.78em/1.6 var(--_sans); white-space: nowrap; }

  .marker { position: relative; display: inline-block; min-inline-size: 24px; margin: -3px -2px; padding: 0.18em 0.35em; border: 3px solid transparent; border-inline-width: 2px; border-radius: 8px; background: var(--_accent-soft) padding-box; color: var(--_accent); font: 600 0.68em/1.2 var(--_sans); text-align: center; vertical-align: 0.28em; white-space: nowrap; font-variant-numeric: tabular-nums; }
  button.marker:hover, button.marker:focus-visible, button.marker[aria-expanded="true"] { background-color: var(--_fill); color: var(--_on-accent); }
  /* A finger needs more than the digits. */
  button.marker::after { content: ""; position: absolute; inset: -3px -2px; }

  .partly .words { text-decoration: underline dotted var(--_warn) 1px; text-underline-offset: 0.25em; }
  .notice { margin-block: 0.75em 0; padding-inline-start: 0.75em; border-inline-start: 3px solid var(--_warn); font-size: 0.9375em; }
  .verdict { font: 600 1.25em/1.4 var(--_serif); }
  .verdict + .muted { margin-block-start: 0.3em; font-size: 0.9375em; }

  /* Sources */
  .sources { margin-block-start: 1.4em; padding-block-start: 0.9em; border-block-start: 1px solid var(--_line); }
  .sources ol, .nearest ol { margin-block-start: 0.6em; }
  .source { display: flex; gap: 0.7em; }
  .source + .source { margin-block-start: 0.95em; }
  .source-body { flex: 1; min-inline-size: 0; }
  .number { flex: none; min-inline-size: 1.9em; block-size: 1.9em; margin-block-start: 0.15em; padding-inline: 0.3em; border-radius: 6px; background: var(--_accent-soft); color: var(--_accent); font: 600 0.75em/1.9 var(--_sans); text-align: center; font-variant-numeric: tabular-nums; }
  .source-title { max-inline-size: 100%; min-block-size: 24px; padding: 0; border: 0; background: none; font-size: 0.9375em; font-weight: 600; line-height: 1.5; text-align: start; text-decoration: underline transparent 1px; text-underline-offset: 0.18em; }
  .source-title:hover, .source-title:focus-visible { color: var(--_accent); text-decoration-color: currentcolor; }
  .quote { display: -webkit-box; overflow: hidden; margin-block-start: 0.3em; padding-inline-start: 0.8em; border-inline-start: 2px solid var(--_line); color: var(--_muted); font: 0.9375em/1.55 var(--_serif); white-space: pre-line; -webkit-box-orient: vertical; -webkit-line-clamp: 3; line-clamp: 3; }
  .quote.whole { display: block; }
  .quote strong { color: var(--_text); }
  .quote + .plain { font-size: 0.8125em; }

  /* Nothing found */
  .nearest, .instead { margin-block-start: 1.5em; }
  .nearest li + li { margin-block-start: 0.5em; }
  .passage { display: block; inline-size: 100%; padding: 0.7em 0.95em; border: 1px solid var(--_line); border-radius: var(--_radius); background: none; text-align: start; transition: border-color 0.15s; }
  .passage:hover { border-color: var(--_accent); }
  .passage-title { display: block; font-size: 0.9375em; font-weight: 600; }
  .passage-text { display: -webkit-box; overflow: hidden; margin-block-start: 0.25em; color: var(--_muted); font: 0.9375em/1.5 var(--_serif); -webkit-box-orient: vertical; -webkit-line-clamp: 3; line-clamp: 3; }

  .ending { margin-block: 0.75em; color: var(--_muted); font-size: 0.875em; }

  /* Below an answer: thumbs, copy, facts */
  .foot { display: flex; flex-wrap: wrap; align-items: center; gap: 0.15em 0.35em; margin-block-start: 1.1em; margin-inline-start: -0.55em; font-size: 0.875em; }
  .foot .iconic { inline-size: 2.4em; block-size: 2.4em; }
  .foot > .facts { margin-inline: auto 0; padding-inline-start: 0.65em; font-size: 0.9286em; }
  .rating { display: contents; }
  .thumbs, .copying { display: flex; flex-wrap: wrap; align-items: center; }
  .copying .menu { inset-block: auto calc(100% + 4px); inset-inline: 0 auto; }
  .thumb.down svg { rotate: 180deg; }
  .thumb[aria-pressed="true"] { color: var(--_accent); }
  .thumb[aria-pressed="true"] svg { fill: currentColor; fill-opacity: 0.25; stroke-width: 2; }
  .said { margin-inline: 0.35em; color: var(--_muted); }
  .said.wrong { color: var(--_danger); }
  .said:empty { display: none; }
  .thumbs .plain { margin-inline: 0.35em; }

  .why { flex: 0 0 calc(100% - 0.55em); order: 1; margin: 0.5em 0; margin-inline-start: 0.55em; padding: 1em 1.1em; border: 1px solid var(--_line); border-radius: var(--_radius); }
  .why legend { margin-block-end: 0.6em; padding: 0; font-weight: 600; }
  .reasons { display: flex; flex-wrap: wrap; gap: 0.5em; }
  .reason { position: relative; display: block; }
  .reason input { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; margin: 0; opacity: 0; cursor: pointer; }
  .reason span { display: block; padding: 0.35em 0.8em; border: 1px solid var(--_edge); border-radius: 1.1em; line-height: 1.4; }
  .reason:hover span { background: var(--_surface); }
  .reason input:checked + span { border-color: var(--_accent); background: var(--_accent-soft); color: var(--_accent); box-shadow: inset 0 0 0 1px var(--_accent); }
  .reason input:focus-visible + span { outline: 2px solid var(--_accent); outline-offset: 2px; }
  .comment { display: block; margin-block-start: 0.9em; }
  .comment span { color: var(--_muted); }
  .comment textarea { display: block; inline-size: 100%; margin: 0.3em 0 0; padding: 0.5em 0.7em; border: 1px solid var(--_edge); border-radius: 8px; background: var(--_bg); line-height: 1.5; resize: vertical; }
  .buttons { display: flex; gap: 0.5em; margin-block-start: 0.75em; }

  @media (pointer: coarse) {
    .foot .iconic { inline-size: 44px; block-size: 44px; }
    .source-title { min-block-size: 44px; }
    .reason span { padding-block: 0.75em; }
    button.marker::after { inset: -9px -7px; }
  }
  @media (forced-colors: active) {
    .marker { border-color: ButtonText; border-width: 1px; padding-block: 5px; }
    .tag, .number { border: 1px solid; }
    .reason input:checked + span { border-width: 3px; }
    .thumb[aria-pressed="true"] { border-width: 3px; }
  }
`;

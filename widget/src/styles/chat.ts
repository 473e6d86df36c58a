import { css } from "lit";

/** The frame: header, what scrolls, composer, and the source beside or over them. */
export const chatStyles = css`
  :host { display: block; block-size: var(--footnoted-height, 640px); min-inline-size: 0; }
  :host([hidden]) { display: none; }

  .root { position: relative; display: grid; grid-template: minmax(0, 1fr) / minmax(0, 1fr); block-size: 100%; overflow: clip; border-radius: inherit; isolation: isolate; }
  .root.wide.with-source { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
  .chat { display: flex; flex-direction: column; min-block-size: 0; min-inline-size: 0; }
  .source-pane { min-block-size: 0; background: var(--_bg); }
  .wide > .source-pane { border-inline-start: 1px solid var(--_line); }
  .root:not(.wide) > .source-pane { position: absolute; inset: 0; z-index: 3; }
  .root:not(.wide).with-source > .chat { visibility: hidden; }

  .top { flex: none; display: flex; align-items: center; gap: 0.15em; min-block-size: 3.5em; padding: 0.4em 0.6em; padding-inline-start: 1.15em; border-block-end: 1px solid transparent; }
  .title { flex: 1; min-inline-size: 0; overflow: hidden; font: 600 1.0625em/1.4 var(--_serif); letter-spacing: -0.005em; white-space: nowrap; text-overflow: ellipsis; }
  ::slotted(*) { flex: none; }

  .offline { flex: none; display: flex; align-items: center; gap: 0.6em; margin: 0 1em; padding: 0.55em 0.9em; border-radius: var(--_radius); background: var(--_warn-soft); color: var(--_warn); font-size: 0.875em; }
  .offline svg { flex: none; }

  .scroller { flex: 1; min-block-size: 0; overflow: hidden auto; overscroll-behavior: contain; scrollbar-width: thin; scrollbar-color: var(--_edge) transparent; container-type: size; }
  .log, .empty, .broken { inline-size: 100%; max-inline-size: 46em; margin-inline: auto; padding-inline: 1.15em; }
  .log { padding-block: 0.75em 1em; }

  /* Nothing asked yet */
  .empty { display: flex; flex-direction: column; justify-content: center; min-block-size: 100%; padding-block: 1.5em; }
  .greeting { font: 1.375em/1.45 var(--_serif); letter-spacing: -0.01em; text-wrap: balance; white-space: pre-line; }
  .empty h3 { margin-block-start: 2em; color: var(--_muted); font-size: 0.8125em; font-weight: 600; }
  .suggestions { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(15em, 100%), 1fr)); gap: 0.5em; margin-block-start: 0.75em; }
  .suggestion { inline-size: 100%; block-size: 100%; min-block-size: 3em; padding: 0.7em 1em; border: 1px solid var(--_line); border-radius: var(--_radius); background: var(--_bg); font-size: 0.9375em; line-height: 1.45; text-align: start; transition: border-color 0.15s, background-color 0.15s; }
  .suggestion:hover { border-color: var(--_accent); background: var(--_accent-soft); }

  .failure { margin-block-start: 1em; padding: 0.9em 1.1em; border-radius: var(--_radius); background: var(--_danger-soft); font-size: 0.9375em; }
  .failure-title { color: var(--_danger); font-weight: 600; }
  .failure .hint { margin-block-start: 0.25em; color: var(--_muted); }
  .failure .retry { margin-block-start: 0.75em; }
  .broken { inline-size: auto; margin: 1em; }

  /* Composer */
  .composer { flex: none; inline-size: 100%; max-inline-size: 46em; margin-inline: auto; padding: 0.35em 1em max(0.7em, env(safe-area-inset-bottom)); }
  .field { display: flex; align-items: flex-end; gap: 0.4em; padding: 0.35em; padding-inline-start: 0.5em; border: 1px solid var(--_edge); border-radius: calc(var(--_radius) + 10px); background: var(--_bg); }
  .field:focus-within { border-color: var(--_accent); box-shadow: 0 0 0 1px var(--_accent); }
  .field:has([aria-invalid="true"]) { border-color: var(--_danger); box-shadow: 0 0 0 1px var(--_danger); }
  .field textarea { flex: 1; min-inline-size: 0; max-block-size: min(40cqh, 13em); margin: 0; padding: 0.42em 0.5em; border: 0; background: none; resize: none; line-height: 1.5; outline: none; /* the ring is on .field */ }
  .field textarea::placeholder { color: var(--_muted); opacity: 1; }
  .round { flex: none; display: grid; place-items: center; inline-size: 2.35em; block-size: 2.35em; padding: 0; border: 0; border-radius: 50%; background: var(--_fill); color: var(--_on-accent); }
  .round:disabled { background: var(--_line); color: var(--_muted); }
  #stop svg { fill: currentColor; }
  .note { margin-block-start: 0.5em; text-align: center; font-size: 0.75em; line-height: 1.4; color: var(--_muted); }
  .note.wrong { color: var(--_danger); }

  /* Menus */
  #more svg { stroke-width: 2.4; }
  .menu-anchor { position: relative; flex: none; }
  .menu { position: absolute; z-index: 2; inset-block-start: calc(100% + 4px); inset-inline-end: 0; display: grid; min-inline-size: 12em; padding: 0.35em; border: 1px solid var(--_line); border-radius: var(--_radius); background: var(--_bg); box-shadow: var(--_shadow); }
  .menu button { min-block-size: 2.5em; padding: 0.4em 0.8em; border: 0; background: none; font-size: 0.9375em; text-align: start; white-space: nowrap; }
  .menu button:hover, .menu button:focus-visible { background: var(--_surface); }
  .menu-button[aria-expanded="true"] { background: var(--_surface); color: var(--_text); }

  /* The card at a marker */
  .peek { position: absolute; z-index: 4; box-sizing: border-box; inline-size: max-content; max-inline-size: min(26em, calc(100% - 16px)); max-block-size: 60%; overflow: hidden auto; padding: 0.75em 0.95em; border: 1px solid var(--_line); border-radius: var(--_radius); background: var(--_bg); box-shadow: var(--_shadow); font-size: 0.875em; line-height: 1.5; }
  .peek-title { font-weight: 600; }
  .peek-quote { margin-block-start: 0.35em; font-family: var(--_serif); font-size: 1.0714em; white-space: pre-line; }

  @media (pointer: coarse) {
    .round { inline-size: 44px; block-size: 44px; }
    .field textarea { padding-block: 10px; font-size: max(1em, 16px); /* less makes a phone zoom in */ }
    .menu button { min-block-size: 44px; }
  }
  @media (forced-colors: active) {
    .round, .suggestion, .offline, .failure { border: 1px solid; }
  }
`;

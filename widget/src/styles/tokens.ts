import { css } from "lit";

/**
 * Colours, type and shapes as custom properties `--_…` on `.root`; elements inside inherit them, also through shadow roots.
 * What a page may set is `--footnoted-…`; nothing else of the page comes in, because `.root` starts from `all: initial`.
 * Lengths are in em of the reader's own font size: a page may have changed what rem means.
 */
export const tokens = css`
  .root {
    all: initial;
    --_bg: var(--footnoted-background, #fff);
    --_surface: var(--footnoted-surface, #f5f5f2);
    --_line: #e3e3de;
    --_edge: #85857e; /* edges of controls: 3:1 on the background */
    --_text: var(--footnoted-text, #1b1b19);
    --_muted: #5a5a55;
    --_danger: #a8261c;
    --_danger-soft: #fcefee;
    --_warn: #7d4a00;
    --_warn-soft: #fcf3e2;
    --_mark: #ffeca6;
    --_on-mark: #1b1b19;
    --_accent: #24489b; /* set anew by the element, so that it is readable on the background */
    --_fill: #24489b;
    --_on-accent: #fff;
    --_shadow: 0 1px 2px rgb(0 0 0 / 6%), 0 8px 28px rgb(0 0 0 / 14%);
    --_sans-latin: var(--footnoted-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif);
    --_sans: var(--_sans-latin);
    --_serif-latin: var(--footnoted-reading-font, ui-serif, "Iowan Old Style", Charter, "Source Serif 4", Georgia, "Liberation Serif", "Noto Serif", serif);
    --_serif: var(--_serif-latin);
    --_mono: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
    --_radius: var(--footnoted-radius, 12px);
    --_accent-soft: color-mix(in srgb, var(--_fill) 10%, var(--_bg));
    color-scheme: light;
    box-sizing: border-box;
    background: var(--_bg);
    color: var(--_text);
    font: var(--footnoted-font-size, medium) / 1.55 var(--_sans);
    overflow-wrap: anywhere;
    text-size-adjust: 100%;
    -webkit-text-size-adjust: 100%;
  }
  .root.dark {
    --_bg: var(--footnoted-background, #171715);
    --_surface: var(--footnoted-surface, #23231f);
    --_line: #383833;
    --_edge: #7b7b73;
    --_text: var(--footnoted-text, #ecebe5);
    --_muted: #a9a8a0;
    --_danger: #ffa59b;
    --_danger-soft: #382220;
    --_warn: #f0c377;
    --_warn-soft: #332a18;
    --_mark: #6a5510;
    --_on-mark: #fff6d6;
    --_shadow: 0 1px 2px rgb(0 0 0 / 40%), 0 8px 28px rgb(0 0 0 / 50%);
    --_accent-soft: color-mix(in srgb, var(--_fill) 22%, var(--_bg));
    color-scheme: dark;
  }
`;

/** Elements and controls that every part shares. */
export const base = css`
  *, *::before, *::after { box-sizing: border-box; }
  [hidden] { display: none !important; }
  h2, h3, h4, p, ul, ol, blockquote, fieldset { margin: 0; }
  ul, ol { padding: 0; list-style: none; }
  fieldset { min-width: 0; padding: 0; border: 0; }
  /* By the language of the words, or Chinese gets Japanese shapes. Rows of marks above letters need room. */
  :lang(zh) { --_sans: var(--_sans-latin), "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC"; --_serif: var(--_serif-latin), "Songti SC", "Noto Serif CJK SC"; }
  :is(:lang(zh-Hant), :lang(zh-TW), :lang(zh-HK)) { --_sans: var(--_sans-latin), "PingFang TC", "Noto Sans CJK TC"; --_serif: var(--_serif-latin), "Songti TC", "Noto Serif CJK TC"; }
  :lang(ja) { --_sans: var(--_sans-latin), "Hiragino Sans", "Yu Gothic", "Noto Sans CJK JP"; --_serif: var(--_serif-latin), "Hiragino Mincho ProN", "Yu Mincho", "Noto Serif CJK JP"; }
  :lang(ko) { --_sans: var(--_sans-latin), "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans CJK KR"; --_serif: var(--_serif-latin), "AppleMyungjo", "Noto Serif CJK KR"; }
  :is(.quote, .peek-quote, .passage-text, .text, .words):is(:lang(ar), :lang(fa), :lang(ur), :lang(he), :lang(hi), :lang(th), :lang(km), :lang(my)) { line-height: 1.8; letter-spacing: normal; }
  button, textarea, input { font: inherit; color: inherit; letter-spacing: inherit; }
  button { margin: 0; cursor: pointer; border-radius: 8px; touch-action: manipulation; -webkit-tap-highlight-color: transparent; }
  button:disabled { cursor: default; }
  :focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; border-radius: 6px; }
  a { color: var(--_accent); text-underline-offset: 0.18em; text-decoration-thickness: 1px; }

  .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; user-select: none; -webkit-user-select: none; }
  .muted, .facts { color: var(--_muted); }
  .wrong { color: var(--_danger); }
  /* Facts in a row, parted by dots that no screen reader hears; each in its own direction of writing. */
  .facts > * { unicode-bidi: isolate; }
  .facts { font-size: 0.8125em; line-height: 1.5; }
  .facts > :not(:last-child)::after { content: " · "; content: " · " / ""; }

  .primary, .secondary, .quiet { min-height: 2.6em; padding: 0.35em 1em; border: 1px solid transparent; background: none; font-size: 0.875em; line-height: 1.4; }
  .primary { background: var(--_fill); color: var(--_on-accent); }
  .secondary { border-color: var(--_edge); background: var(--_bg); }
  .quiet { color: var(--_muted); }
  .secondary:hover, .quiet:hover { background: var(--_surface); color: var(--_text); }
  .primary:hover { filter: brightness(1.08); }
  .iconic { display: grid; place-items: center; flex: none; width: 2.5em; height: 2.5em; padding: 0; border: 0; background: none; color: var(--_muted); }
  .iconic:hover { background: var(--_surface); color: var(--_text); }

  /* A button that reads as a link inside a line of text. */
  .plain { min-height: 24px; padding: 0; border: 0; background: none; color: var(--_accent); font-size: inherit; text-align: start; text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 0.18em; }
  .plain:hover { text-decoration-thickness: 2px; }

  svg { width: 1.25em; height: 1.25em; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }

  @media (pointer: coarse) {
    .primary, .secondary, .quiet, .plain { min-height: 44px; }
    .iconic { width: 44px; height: 44px; }
  }
  @media (prefers-reduced-motion: reduce) {
    *, *::before, *::after { animation: none !important; transition: none !important; scroll-behavior: auto !important; }
  }
  @media (forced-colors: active) {
    .primary, .secondary, .iconic { border: 1px solid ButtonText; }
  }
`;

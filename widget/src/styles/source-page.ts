import { css } from "lit";

/** A page of a PDF as an image. */
export const sourcePageStyles = css`
  :host { display: flex; flex: 1; flex-direction: column; min-height: 0; }
  .tools { display: flex; flex: none; align-items: center; gap: 0.15em; padding: 0.15em 0.5em; border-bottom: 1px solid var(--_line); }
  .space { flex: 1; }
  .count { color: var(--_muted); font-size: 0.8125em; font-variant-numeric: tabular-nums; }
  .iconic[aria-disabled="true"] { opacity: 0.4; cursor: default; background: none; }
  .turns:dir(rtl) { transform: scaleX(-1); }
  .frame { position: relative; flex: 1; min-height: 0; overflow: auto; overscroll-behavior: contain; background: var(--_surface); }
  .frame:focus-visible { outline-offset: -3px; border-radius: 0; }
  .failed { padding: 1em; }
  .failed > * + * { margin-top: 0.75em; }

  /* A page reads from left to right as it was printed; its boxes are measured from the left. */
  .sheet { position: relative; direction: ltr; width: 100%; background: #fff; }
  .sheet[data-zoom="1"] { width: 150%; }
  .sheet[data-zoom="2"] { width: 200%; }
  .sheet[data-zoom="3"] { width: 300%; }
  canvas { display: block; width: 100%; height: auto; }
  .frame[aria-busy="true"] canvas { opacity: 0.4; }
  .box { position: absolute; border-radius: 2px; background: #ffd84d; mix-blend-mode: multiply; box-shadow: 0 0 0 2px #ffd84d; }
  .box.similar { background: none; box-shadow: none; outline: 1.5px dashed #7d4a00; outline-offset: 1px; }
  @media (forced-colors: active) {
    .box { forced-color-adjust: none; background: none; box-shadow: none; outline: 3px solid #d11; mix-blend-mode: normal; }
    .iconic[aria-disabled="true"] { color: GrayText; opacity: 1; }
  }
`;

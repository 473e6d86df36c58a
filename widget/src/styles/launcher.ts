import { css } from "lit";

/** The button in the corner, and the panel. */
export const launcherStyles = css`
  /* Against rules of the page for all elements. */
  :host { all: initial !important; display: contents !important; }

  .root { background: none; --_gap: var(--footnoted-gap, 20px); }
  .launcher {
    position: fixed;
    z-index: var(--footnoted-z-index, 2147483000);
    inset: auto calc(var(--_gap) + env(safe-area-inset-right)) calc(var(--_gap) + env(safe-area-inset-bottom)) auto;
    display: grid;
    place-items: center;
    inline-size: 56px;
    block-size: 56px;
    padding: 0;
    border: 1px solid color-mix(in srgb, var(--_on-accent) 25%, transparent);
    border-radius: 50%;
    background: var(--_fill);
    color: var(--_on-accent);
    box-shadow: var(--_shadow);
    transition: scale 0.15s;
  }
  .launcher:hover { scale: 1.05; }
  .launcher:focus-visible { outline: 3px solid var(--_accent); outline-offset: 3px; border-radius: 50%; }
  .launcher svg { inline-size: 26px; block-size: 26px; }
  .left .launcher { inset-inline: auto; right: auto; left: calc(var(--_gap) + env(safe-area-inset-left)); }

  .panel {
    position: fixed;
    z-index: var(--footnoted-z-index, 2147483000);
    inset: auto calc(var(--_gap) + env(safe-area-inset-right)) calc(var(--_gap) + 68px + env(safe-area-inset-bottom)) auto;
    inline-size: min(var(--footnoted-panel-width, 27em), 100vw - 2 * var(--_gap));
    block-size: min(var(--footnoted-panel-height, 43em), 100dvh - 2 * var(--_gap) - 68px);
    max-inline-size: none;
    max-block-size: none;
    margin: 0;
    padding: 0;
    border: 1px solid var(--_line);
    border-radius: calc(var(--_radius) + 4px);
    background: var(--_bg);
    color: inherit;
    box-shadow: var(--_shadow);
    overflow: clip;
  }
  .left .panel { right: auto; left: calc(var(--_gap) + env(safe-area-inset-left)); }
  .large .panel { inline-size: min(72em, 100vw - 2 * var(--_gap)); block-size: calc(100dvh - 2 * var(--_gap) - 68px); }
  .panel[open] { animation: rise 0.18s ease-out; }
  @keyframes rise { from { opacity: 0; translate: 0 10px; } }
  footnoted-chat { block-size: 100%; border-radius: inherit; }

  .phone .panel { inset: 0; inline-size: 100vw; block-size: 100dvh; border: 0; border-radius: 0; padding-block-start: env(safe-area-inset-top); padding-inline: env(safe-area-inset-left) env(safe-area-inset-right); box-sizing: border-box; }
  .phone .size { display: none; }
  .panel::backdrop { background: none; }

  @media (forced-colors: active) {
    .launcher, .panel { border: 2px solid; }
  }
  @media print {
    .root { display: none; }
  }
`;

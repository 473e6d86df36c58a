import { html, nothing, type ReactiveController, type TemplateResult } from "lit";
import type { Context, OpenSource } from "./context.js";

const WIDE_PX = 900;

type Host = Omit<Context, "open"> & HTMLElement & { open: OpenSource | null };

/** The source beside the chat where there is room, else over it. The focus goes in, and back to the marker. */
export class SourcePane implements ReactiveController {
  wide = false;
  #trigger: HTMLElement | null = null;
  #back = false;
  #enter = false;

  constructor(private readonly host: Host) {
    host.addController(this);
  }

  /** Watches the room that there is; gives the way to stop that. */
  watch(): () => void {
    const observer = new ResizeObserver(([entry]) => {
      const wide = (entry?.contentRect.width ?? 0) >= WIDE_PX;
      this.wide = wide;
      this.host.requestUpdate();
    });
    observer.observe(this.host);
    return () => observer.disconnect();
  }

  show(open: OpenSource): void {
    const active = (this.host.renderRoot as ShadowRoot).activeElement;
    this.#trigger = active instanceof HTMLElement ? active : null;
    this.#enter = this.host.open !== null;
    this.host.open = open;
  }

  enter(): void {
    this.host.renderRoot.querySelector<HTMLElement>("footnoted-source")?.focus();
  }

  hostUpdated(): void {
    // A pane that opens takes the focus itself; one that was open is told to.
    if (this.#enter) this.enter();
    this.#enter = false;
    if (this.#back) {
      this.#trigger?.focus();
      this.host.peek.hide(); // it has just been read in full
    }
    this.#back = false;
  }

  render(): TemplateResult | typeof nothing {
    const { open, api, strings } = this.host;
    if (!open) return nothing;
    return html`<footnoted-source class="source-pane" part="source" .api=${api} .strings=${strings} .citations=${open.citations} .index=${open.index}
      @footnoted-close=${this.#close} @footnoted-move=${this.#move}></footnoted-source>`;
  }

  readonly #close = (event: Event) => {
    event.stopPropagation();
    this.host.open = null;
    this.#back = true;
  };

  readonly #move = (event: CustomEvent<{ index: number }>) => {
    event.stopPropagation();
    const { open, renderRoot } = this.host;
    if (!open) return;
    const { index } = event.detail;
    this.host.open = { ...open, index };
    const marker = open.citations[index]?.marker ?? 0;
    const article = renderRoot.querySelector(`#question-${open.exchange.id}`)?.closest("article");
    const shown = article?.querySelector<HTMLElement>(`button[data-marker="${marker}"]`);
    if (!shown) return;
    this.#trigger = shown; // where the focus comes back to
    const scroller = renderRoot.querySelector<HTMLElement>(".scroller");
    if (this.wide && scroller && !within(shown, scroller)) scrollWithin(scroller, shown, "smooth");
  };
}

function within(inner: Element, outer: Element): boolean {
  const [one, other] = [inner.getBoundingClientRect(), outer.getBoundingClientRect()];
  return one.top >= other.top && one.bottom <= other.bottom;
}

/** Scrolls one element only, until the target is `below` its top; scrollIntoView would move the page around the widget too. */
export function scrollWithin(scroller: HTMLElement, target: Element, behavior: ScrollBehavior, below = 16): void {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const top = target.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop - below;
  scroller.scrollTo({ top, behavior: still ? "instant" : behavior });
}

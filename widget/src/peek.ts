import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from "lit";
import { placeOf } from "./places.js";
import type { Strings } from "./locales/en.js";
import type { Citation } from "./wire.js";

const LINGER_MS = 200; // long enough to move the pointer from the marker into the card
const GAP = 8;

type Host = ReactiveControllerHost & { readonly strings: Strings; readonly renderRoot: HTMLElement | DocumentFragment };

/**
 * The card with the quote behind the marker that is pointed at or focused. It stays while the pointer is in it,
 * and Escape takes it away. It is for the eye only; screen readers get the quote as the marker's description.
 */
export class Peek implements ReactiveController {
  #citation: Citation | null = null;
  #marker: Element | null = null;
  #timer = 0;

  constructor(private readonly host: Host) {
    host.addController(this);
  }

  /** What a marker does with the pointer and the focus. */
  readonly enter = (event: PointerEvent, citation: Citation) => {
    if (event.pointerType !== "touch") this.#show(event.currentTarget as Element, citation);
  };
  readonly focus = (event: FocusEvent, citation: Citation) => {
    const marker = event.currentTarget as Element;
    if (marker.matches(":focus-visible")) this.#show(marker, citation);
  };
  readonly leave = () => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.hide, LINGER_MS);
  };
  readonly #stay = () => clearTimeout(this.#timer);

  readonly hide = () => {
    clearTimeout(this.#timer);
    if (!this.#marker) return;
    this.#marker = this.#citation = null;
    removeEventListener("keydown", this.#key, { capture: true });
    this.host.requestUpdate();
  };

  #show(marker: Element, citation: Citation): void {
    clearTimeout(this.#timer);
    if (this.#marker === marker) return;
    this.#marker = marker;
    this.#citation = citation;
    // Wherever the focus is, and before anything else that Escape would close.
    addEventListener("keydown", this.#key, { capture: true });
    this.host.requestUpdate();
  }

  readonly #key = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopImmediatePropagation();
    event.preventDefault(); // a modal dialog around it stays open
    this.hide();
  };

  hostDisconnected(): void {
    this.hide();
  }

  hostUpdated(): void {
    if (this.#marker && !this.#marker.isConnected) this.hide();
    else this.position();
  }

  /** Focus may scroll the marker, so scrolling moves the card rather than closing it. */
  readonly position = () => {
    const root = this.host.renderRoot.querySelector<HTMLElement>(".root");
    const card = root?.querySelector<HTMLElement>(".peek");
    if (!root || !card || !this.#marker) return;
    const frame = root.getBoundingClientRect();
    const at = this.#marker.getBoundingClientRect();
    if (at.bottom < frame.top || at.top > frame.bottom) return this.hide();
    const width = card.offsetWidth;
    const furthest = frame.width - width - GAP;
    const left = Math.max(GAP, Math.min(at.left + at.width / 2 - frame.left - width / 2, furthest));
    // Below, so that the sentence stays in sight; above where there is no room.
    const below = at.bottom - frame.top + GAP;
    const above = at.top - frame.top - card.offsetHeight - GAP;
    const top = below + card.offsetHeight + GAP <= frame.height ? below : Math.max(GAP, above);
    // Through the object model, which a strict policy of the page allows.
    card.style.left = `${left}px`;
    card.style.top = `${top}px`;
  };

  render(): TemplateResult | typeof nothing {
    const citation = this.#citation;
    if (!citation) return nothing;
    return html`<div class="peek" part="peek" aria-hidden="true" @pointerenter=${this.#stay} @pointerleave=${this.leave}>
      <p class="peek-title" dir="auto" lang=${citation.language ?? nothing}>${citation.title}</p>
      <p class="facts">${placeOf(citation, this.host.strings)}</p>
      <p class="peek-quote" dir="auto" lang=${citation.language ?? nothing}>${citation.quote}</p>
    </div>`;
  }
}

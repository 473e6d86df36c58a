import { html, nothing, type TemplateResult } from "lit";
import { quoteId } from "./answer-sentences.js";
import { codePointLength, spanInQuote } from "./codepoints.js";
import type { Context } from "./context.js";
import { citationsOf } from "./conversation.js";
import type { Exchange } from "./history.js";
import { placeOf, withStrong } from "./places.js";
import type { Citation, Hit } from "./wire.js";

const LONG_QUOTE = 280;

/** The numbered sources below an answer. */
export function sourcesOf(exchange: Exchange, context: Context): TemplateResult | typeof nothing {
  const citations = [...citationsOf(exchange).values()];
  if (!citations.length) return nothing;
  return html`<div class="sources" part="sources">
    <h4>${context.strings.sources}</h4>
    <ol>
      ${citations.map((citation, index) => sourceOf(citation, index, citations, exchange, context))}
    </ol>
  </div>`;
}

function sourceOf(citation: Citation, index: number, all: Citation[], exchange: Exchange, context: Context): TemplateResult {
  const { strings } = context;
  const { marker, quote } = citation;
  const span = exchange.answer?.answer_span ?? null;
  const id = quoteId(exchange, marker);
  return html`<li class="source" value=${marker} data-marker=${marker}>
    <span class="number" aria-hidden="true">${strings.marker(marker)}</span>
    <div class="source-body">
      <button type="button" class="source-title" @click=${() => context.show(exchange, all, index)}>
        <bdi lang=${citation.language ?? nothing}>${citation.title}</bdi><span class="unseen"> – ${strings.showSource}</span>
      </button>
      <p class="facts">${placeOf(citation, strings)}<span class="support">${strings.supported(citation.support)}</span></p>
      <blockquote class="quote" id=${id} dir="auto" lang=${citation.language ?? nothing}>${withStrong(quote, spanInQuote(citation, span))}</blockquote>
      ${codePointLength(quote) > LONG_QUOTE ? unfolder(id, context) : nothing}
    </div>
  </li>`;
}

// A long quote is folded, never cut: the whole of it stays in the page.
function unfolder(id: string, { strings }: Context): TemplateResult {
  const toggle = (event: Event) => {
    const button = event.currentTarget as HTMLElement;
    const whole = button.previousElementSibling?.classList.toggle("whole") ?? false;
    button.textContent = whole ? strings.lessQuote : strings.wholeQuote;
    button.setAttribute("aria-expanded", String(whole));
  };
  return html`<button type="button" class="plain unfold" aria-expanded="false" aria-controls=${id} @click=${toggle} .textContent=${strings.wholeQuote}></button>`;
}

/** Shows the buttons that unfold a quote only where something is folded, which depends on the room. */
export function fitQuotes(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLElement>(".unfold")) {
    const quote = button.previousElementSibling as HTMLElement;
    button.hidden = !quote.classList.contains("whole") && quote.scrollHeight <= quote.clientHeight + 1;
  }
}

/** The passages that came nearest, below "the documents do not say". */
export function nearestOf(exchange: Exchange, hits: Hit[], context: Context): TemplateResult {
  const { strings } = context;
  if (!hits.length) return html`<p class="muted">${strings.nothingNear}</p>`;
  const places = hits.map(placeOfHit);
  return html`<div class="nearest">
    <h4>${strings.nearest(hits.length)}</h4>
    <ol>
      ${hits.map(
        (hit, index) => html`<li>
          <button type="button" class="passage" data-marker=${index + 1} @click=${() => context.show(exchange, places, index)}>
            <bdi class="passage-title" lang=${hit.language ?? nothing}>${hit.title}</bdi>
            <span class="facts">${placeOf(hit, strings)}</span>
            <span class="passage-text" dir="auto" lang=${hit.language ?? nothing}>${hit.text}</span>
          </button>
        </li>`,
      )}
    </ol>
  </div>`;
}

/** A passage in the form of a citation, for the source view. */
function placeOfHit(hit: Hit, index: number): Citation {
  const { document_id, title, uri, page, section, start, end, text, language, score, url } = hit;
  const known = { document_id, title, uri, page, section, start, end, language, url };
  return { ...known, marker: index + 1, media_type: "", quote: text, support: score };
}

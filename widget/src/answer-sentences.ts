import { html, nothing, type TemplateResult } from "lit";
import { spanInSentence } from "./codepoints.js";
import type { Context } from "./context.js";
import { citationsOf } from "./conversation.js";
import { doubtOf } from "./doubt.js";
import type { Exchange } from "./history.js";
import { withStrong } from "./places.js";
import type { AnswerSpan, Citation, Sentence } from "./wire.js";

// The prose keeps white space, so these templates have none of their own.

/** An exchange's checked sentences, each with its markers. */
export function sentencesOf(exchange: Exchange, context: Context): TemplateResult[] {
  const sentences = exchange.answer?.sentences ?? exchange.partial?.sentences ?? [];
  const citations = citationsOf(exchange);
  const span = exchange.answer?.answer_span ?? null;
  return sentences.map((sentence) => sentenceOf(sentence, citations, span, exchange, context));
}

function sentenceOf(
  sentence: Sentence,
  citations: Map<number, Citation>,
  span: AnswerSpan | null,
  exchange: Exchange,
  context: Context,
): TemplateResult {
  const cited = span && sentence.markers.includes(span.marker) ? citations.get(span.marker) : undefined;
  const range = cited && span ? spanInSentence(sentence.text, cited, span) : null;
  const markers = sentence.markers.map((number) => markerOf(number, citations, exchange, context));
  const doubt = doubtOf(sentence, context.strings);
  const tag = doubt ? html` <span class="tag" part="unsupported">${doubt}</span>` : "";
  const style = sentence.verdict === "partly" ? "sentence partly" : doubt ? "sentence unsupported" : "sentence";
  return html`<span class=${style}><span class="words" lang=${quotedLanguage(sentence, citations) ?? nothing}>${withStrong(sentence.text, range)}</span>${markers}${tag}</span> `;
}

/** Of a sentence that is a quotation; what a language model wrote is in the reader's own. */
function quotedLanguage(sentence: Sentence, citations: Map<number, Citation>): string | null {
  const cited = citations.get(sentence.markers[0] ?? 0);
  const quoted = cited?.quote.split(/\s+/u).join(" ").trim() === sentence.text;
  return (quoted && cited?.language) || null;
}

/** A button that opens the source. Before its citation has come it is plain text. */
function markerOf(number: number, citations: Map<number, Citation>, exchange: Exchange, context: Context): TemplateResult {
  const { strings, peek, open } = context;
  const citation = citations.get(number);
  // A narrow no-break space keeps the marker on the line of the word that it belongs to.
  if (!citation) return html`\u202f<span class="marker">${strings.marker(number)}</span>`;
  const all = [...citations.values()];
  const shown = open?.exchange === exchange && open.citations[open.index] === citation;
  return html`\u202f<button type="button" class="marker" part="marker" data-marker=${number}
    aria-label=${strings.markerLabel(number, citation.title)} aria-describedby=${quoteId(exchange, number)} aria-expanded=${shown ? "true" : "false"}
    @click=${() => context.show(exchange, all, all.indexOf(citation))}
    @pointerenter=${(event: PointerEvent) => peek.enter(event, citation)} @pointerleave=${peek.leave}
    @focus=${(event: FocusEvent) => peek.focus(event, citation)} @blur=${peek.hide}>${strings.marker(number)}</button>`;
}

export const quoteId = (exchange: Exchange, marker: number): string => `quote-${exchange.id}-${marker}`;

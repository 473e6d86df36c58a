import { html, nothing, type TemplateResult } from "lit";
import { nearestOf, sourcesOf } from "./answer-sources.js";
import { sentencesOf } from "./answer-sentences.js";
import type { Context } from "./context.js";
import { tell } from "./failure.js";
import type { Exchange } from "./history.js";
import type { Answer, Clarification } from "./wire.js";

/** A question with its answer, in whatever state it is. */
export function exchangeView(exchange: Exchange, context: Context): TemplateResult {
  const { strings } = context;
  const id = `question-${exchange.id}`;
  return html`<article class="exchange" part="exchange" aria-labelledby=${id} data-state=${exchange.state} data-status=${exchange.answer?.status ?? ""}>
    <h3 class="question" id=${id} tabindex="-1">
      <span class="unseen">${strings.youAsked} </span><span class="bubble" part="question-bubble"><span dir="auto">${exchange.question}</span></span>
    </h3>
    <div class="answer" part="answer" aria-busy=${exchange === context.conversation.running ? "true" : "false"}>
      ${understood(exchange, context)} ${body(exchange, context)}
    </div>
  </article>`;
}

function understood(exchange: Exchange, context: Context): TemplateResult | typeof nothing {
  const { strings, conversation } = context;
  const text = exchange.answer?.understood_as ?? conversation.live(exchange)?.understoodAs ?? "";
  if (!text || text.trim() === exchange.question.trim()) return nothing;
  const undo = html`<button type="button" class="plain undo" aria-label=${strings.undoUnderstoodLabel} @click=${() => context.retry(exchange, true)}>
    ${strings.undoUnderstood}
  </button>`;
  return html`<p class="understood">
    ${strings.understoodAs} <bdi>${text}</bdi> ${conversation.running ? nothing : undo}
  </p>`;
}

function body(exchange: Exchange, context: Context): TemplateResult {
  const { answer } = exchange;
  if (exchange === context.conversation.running) return coming(exchange, context);
  if (exchange.state === "done" && answer) {
    if (answer.clarification) return clarifying(answer.clarification, context);
    return answer.status === "not_found" ? missing(exchange, answer, context) : complete(exchange, answer, context);
  }
  const ending = exchange.state === "failed" && exchange.problem ? failure(exchange, context) : stopped(exchange, context);
  return html`${prose(exchange, context)} ${ending} ${sourcesOf(exchange, context)}`;
}

// Unchecked words are paler than checked ones.
function prose(exchange: Exchange, context: Context): TemplateResult {
  const pending = context.conversation.live(exchange)?.pending ?? "";
  return html`<div class="prose" part="prose" dir="auto">${sentencesOf(exchange, context)}<span class="pending">${pending}</span></div>`;
}

function coming(exchange: Exchange, context: Context): TemplateResult {
  const { strings, conversation } = context;
  const live = conversation.live(exchange);
  const begun = Boolean(live?.pending || exchange.partial?.sentences.length);
  const reading = live?.reading ? strings.reading(live.reading.passages, live.reading.documents) : strings.searching;
  const progress = live?.slow ? strings.stillWorking : begun ? "" : reading;
  return html`${prose(exchange, context)}${progress ? html`<p class="progress">${progress}</p>` : nothing}`;
}

function complete(exchange: Exchange, answer: Answer, context: Context): TemplateResult {
  const { strings } = context;
  const total = Object.values(answer.timings_ms ?? {}).reduce((sum, ms) => sum + ms, 0);
  return html`${prose(exchange, context)} ${noticeOf(answer, context)} ${sourcesOf(exchange, context)}
    <div class="foot">
      ${rating(exchange, context)} ${context.copyMenu(exchange).render()}
      <p class="facts"><span class="confidence">${strings.confidence(answer.confidence)}</span>${total > 0 ? html`<span>${strings.seconds(total / 1000)}</span>` : nothing}</p>
    </div>`;
}

function missing(exchange: Exchange, answer: Answer, context: Context): TemplateResult {
  const { strings, config } = context;
  const asked = new Set(context.conversation.exchanges.map(({ question }) => question));
  const others = config.suggestions.filter((suggestion) => !asked.has(suggestion)).slice(0, 3);
  return html`<p class="verdict" part="verdict">${strings.notFound}</p>
    <p class="muted">${strings.notFoundText} ${strings.rephrase}</p>
    ${noticeOf(answer, context)}
    ${nearestOf(exchange, answer.hits, context)}
    ${others.length
      ? html`<div class="instead">
          <h4>${strings.askInstead}</h4>
          ${suggestionList(others, context)}
        </div>`
      : nothing}
    <div class="foot">
      ${rating(exchange, context)}
      <p class="facts"><span class="confidence">${strings.notFoundConfidence(answer.confidence)}</span></p>
    </div>`;
}

function clarifying({ options }: Clarification, context: Context): TemplateResult {
  const { strings, conversation } = context;
  return html`<p class="verdict" part="verdict">${strings.whichOne}</p>
    ${conversation.running ? nothing : suggestionList(options, context)}`;
}

/** In the widget's language; in the server's own words where its code is not known. */
function noticeOf({ notice }: Answer, { strings }: Context): TemplateResult | typeof nothing {
  if (!notice) return nothing;
  const known: Record<string, string | undefined> = strings.notices;
  return html`<p class="notice" part="notice" dir="auto">${known[notice.code] ?? notice.text}</p>`;
}

/** Questions that can be asked by a press. */
export function suggestionList(suggestions: string[], context: Context): TemplateResult {
  return html`<ul class="suggestions">
    ${suggestions.map(
      (text) => html`<li><button type="button" class="suggestion" part="suggestion" dir="auto" @click=${() => context.ask(text)}>${text}</button></li>`,
    )}
  </ul>`;
}

const rating = (exchange: Exchange, context: Context) =>
  context.config.takes_feedback ? context.ratingForm(exchange).render() : nothing;

function stopped(exchange: Exchange, context: Context): TemplateResult {
  const { strings, conversation } = context;
  const unchecked = conversation.live(exchange)?.pending.trim();
  const text = exchange.state === "running" ? strings.interrupted : unchecked ? strings.stoppedPartial : strings.stopped;
  return html`<p class="ending">${text} ${retryButton(exchange, context, strings.askAgain, "plain")}</p>`;
}

function failure(exchange: Exchange, context: Context): TemplateResult {
  const { strings, conversation } = context;
  const kept = Boolean(exchange.partial?.sentences.length || conversation.live(exchange)?.pending);
  const told = tell(exchange.problem!, strings, kept);
  return html`<div class="failure" part="failure">
    <p class="failure-title">${told.title}</p>
    ${told.detail && told.detail !== told.title ? html`<p>${told.detail}</p>` : nothing}
    ${told.hint ? html`<p class="hint">${told.hint}</p>` : nothing}
    ${told.retry ? retryButton(exchange, context, strings.retry, "secondary") : nothing}
  </div>`;
}

function retryButton(exchange: Exchange, context: Context, label: string, style: string): TemplateResult {
  return html`<button type="button" class="${style} retry" @click=${() => context.retry(exchange)}>${label}</button>`;
}

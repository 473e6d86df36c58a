import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Context } from "./context.js";
import { exchangeView, suggestionList } from "./exchange-view.js";
import { tell } from "./failure.js";
import { icon } from "./icons.js";
import type { Problem } from "./wire.js";

/** Title and commands. A page may put controls of its own into the slot "actions". */
export function headerView(context: Context, title: string, menu: TemplateResult, onNew: () => void): TemplateResult {
  const { strings } = context;
  return html`<header class="top" part="header">
    <h2 class="title" part="title" id="title" tabindex="-1"><bdi>${title}</bdi></h2>
    <slot name="actions"></slot>
    <button type="button" class="iconic" id="new-chat" aria-label=${strings.newChat} title=${strings.newChat} @click=${onNew}>${icon("plus")}</button>
    ${menu}
    <slot name="window"></slot>
  </header>`;
}

/** Before anything was asked. A page may put words of its own into the slot "empty". */
export function emptyView(context: Context, greeting: string): TemplateResult {
  const { strings, config } = context;
  return html`<div class="empty" part="empty">
    <p class="greeting" part="greeting" dir="auto">${greeting}</p>
    ${config.suggestions.length
      ? html`<h3>${strings.suggestions}</h3>
          ${suggestionList(config.suggestions, context)}`
      : nothing}
    <slot name="empty"></slot>
  </div>`;
}

const unreachable = (strings: Context["strings"]) => ({
  title: strings.startFailed,
  detail: strings.unreachable,
  hint: strings.originHint(location.origin),
});

/** The chat itself could not be started. */
export function brokenView(context: Context, problem: Problem, retry: () => void): TemplateResult {
  const { strings } = context;
  // Nothing was asked yet: whatever keeps the server away is for the page's owner to find.
  const told = problem.code === "connection_lost" ? { ...tell(problem, strings), ...unreachable(strings) } : tell(problem, strings);
  const title = told.title === strings.failedTitle ? strings.startFailed : told.title;
  return html`<div class="failure broken" part="failure" role="alert">
    <p class="failure-title">${title}</p>
    ${told.detail ? html`<p>${told.detail}</p>` : nothing} ${told.hint ? html`<p class="hint">${told.hint}</p>` : nothing}
    ${told.retry ? html`<button type="button" class="secondary retry" @click=${retry}>${strings.retry}</button>` : nothing}
  </div>`;
}

/** Not live itself: it would read out every token. The announcer speaks checked sentences. */
export function logView(context: Context): TemplateResult {
  return html`<div class="log" role="log" aria-live="off" aria-label=${context.strings.conversation}>
    ${repeat(context.conversation.exchanges, ({ id }) => id, (exchange) => exchangeView(exchange, context))}
  </div>`;
}

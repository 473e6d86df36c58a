import { html, nothing, type TemplateResult } from "lit";
import type { Strings } from "./locales/en.js";
import type { Citation, Source } from "./wire.js";

/** Says what became of the cited words where the document changed since; nothing where it did not. */
export function sourceBanner(source: Source, citation: Citation, strings: Strings): TemplateResult | typeof nothing {
  const { state, cited, language } = source;
  if (state === "same") return nothing;
  if (state === "moved") return html`<div class="banner"><p>${strings.documentMoved}</p></div>`;
  const words = (label: string, quote: string): TemplateResult => html`<div>
    <dt>${label}</dt>
    <dd dir="auto" lang=${language ?? nothing}>${quote}</dd>
  </div>`;
  const were = source.asked?.quote ? citation.quote || source.asked.quote : "";
  const said = !were ? strings.placeUnknown : state === "changed" ? `${strings.documentChanged} ${strings.similarMarked}` : strings.documentGone;
  return html`<div class="banner">
    <p>${said}</p>
    ${were ? html`<dl>${words(strings.wordsWere, were)}${state === "changed" && cited ? words(strings.wordsNow, cited.quote) : nothing}</dl>` : nothing}
  </div>`;
}

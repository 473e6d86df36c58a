import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Api } from "./api.js";
import { Failure, tell } from "./failure.js";
import { icon } from "./icons.js";
import { en, type Strings } from "./locales/en.js";
import { placeOf } from "./places.js";
import { sourceBanner } from "./source-banner.js";
import { scrollWithin } from "./source-pane.js";
import { sourceText } from "./source-text.js";
import { sourceStyles } from "./styles/source.js";
import { base } from "./styles/tokens.js";
import type { Citation, Problem, Source } from "./wire.js";

type Tab = "page" | "text";
type Load = { kind: "loading" } | { kind: "ready"; source: Source } | { kind: "failed"; problem: Problem };

const TABS: readonly Tab[] = ["page", "text"];

/**
 * `<footnoted-source>`: a citation's place in its document, lit and in sight.
 *
 * Takes the focus to its heading when it opens. Sends `footnoted-close` (the reader wants it closed) and
 * `footnoted-move` with `{index}` (another citation of the answer is shown).
 */
export class SourceElement extends LitElement {
  static override properties = {
    api: { attribute: false },
    strings: { attribute: false },
    citations: { attribute: false },
    index: { type: Number },
    load: { state: true },
    tab: { state: true },
  };
  static override styles = [base, sourceStyles];

  api?: Api;
  strings: Strings = en;
  citations: Citation[] = [];
  index = 0;
  private load: Load = { kind: "loading" };
  private tab: Tab = "text";
  #place = ""; // what is shown or being loaded
  #chosen: Tab | null = null; // by the reader, for the citations after this one too

  /** The heading takes the focus, so that reading starts at the title. */
  override focus(options?: FocusOptions): void {
    this.renderRoot?.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true, ...options });
  }

  protected override willUpdate(): void {
    const citation = this.#citation;
    const place = citation ? `${citation.document_id} ${citation.start} ${citation.end}` : "";
    // The list may be a new one with the same citations, after each event of a stream.
    if (!this.api || !citation || place === this.#place) return;
    this.#place = place;
    void this.#fetch(this.api, citation, place);
  }

  protected override firstUpdated(): void {
    this.focus();
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has("load") && !changed.has("tab")) return;
    for (const table of this.renderRoot.querySelectorAll<HTMLElement>(".table")) {
      // What scrolls must be reachable by keyboard; what does not would only be one more stop.
      if (table.scrollWidth > table.clientWidth) table.tabIndex = 0;
    }
    this.#scrollToMark();
  }

  protected override render(): TemplateResult | typeof nothing {
    const citation = this.#citation;
    if (!citation) return nothing;
    const { strings, load } = this;
    const source = load.kind === "ready" ? load.source : null;
    return html`<section
      class="panel" part="source" aria-label=${strings.sourceTitle} lang=${strings.language} dir=${strings.direction}
      @keydown=${this.#onKey}
    >
      ${this.#header(citation, source)}
      <p class="unseen" role="status">${this.#spoken()}</p>
      ${source ? sourceBanner(source, citation, strings) : nothing}
      ${source?.pages ? this.#tabs() : nothing}
      ${source ? this.#body(source, citation) : this.#waiting()}
    </section>`;
  }

  get #citation(): Citation | undefined {
    return this.citations[this.index];
  }

  #header(citation: Citation, source: Source | null): TemplateResult {
    const { strings } = this;
    const address = this.api?.viewUrl(citation, this.citations) ?? "";
    const title = source?.title ?? citation.title;
    const page = source?.cited ? source.cited.page : citation.page;
    const place = placeOf({ title, page, section: citation.section }, strings);
    return html`<header>
      <div class="bar">
        ${this.citations.length > 1 ? this.#steps() : html`<p class="label">${strings.sourceTitle}</p>`}
        <span class="space"></span>
        ${address
          ? html`<a class="iconic" href=${address} target="_blank" rel="noopener" aria-label=${strings.openInNewTab} title=${strings.openInNewTab}>${icon("open")}</a>`
          : nothing}
        <button type="button" class="iconic close" aria-label=${strings.closeSource} title=${strings.closeSource} @click=${this.#close}>${icon("close")}</button>
      </div>
      <h2 tabindex="-1" dir="auto" lang=${source?.language ?? nothing}>${title}</h2>
      ${place.length ? html`<p class="facts">${place}</p>` : nothing}
    </header>`;
  }

  // Not `disabled` at the ends: a button that loses the focus while it is pressed throws the reader out of the panel.
  #steps(): TemplateResult {
    const { strings, index, citations } = this;
    const step = (label: string, name: "previous" | "next", by: number): TemplateResult => html`<button
      type="button" class="iconic" aria-label=${label} title=${label}
      aria-disabled=${!citations[index + by]} @click=${() => this.#move(index + by)}
    >${icon(name)}</button>`;
    return html`<div class="steps">
      ${step(strings.previousCitation, "previous", -1)}
      <span class="count">${strings.citationOf(index + 1, citations.length)}</span>
      ${step(strings.nextCitation, "next", 1)}
    </div>`;
  }

  #tabs(): TemplateResult {
    const { strings } = this;
    const tab = (name: Tab, label: string): TemplateResult => html`<button
      type="button" role="tab" id="tab-${name}" aria-controls="view" aria-selected=${this.tab === name}
      tabindex=${this.tab === name ? 0 : -1} @click=${() => this.#choose(name)}
    >${label}</button>`;
    return html`<div class="tabs" role="tablist" aria-label=${strings.views} @keydown=${this.#onTabKey}>
      ${tab("page", strings.showPage)}${tab("text", strings.showText)}
    </div>`;
  }

  #body(source: Source, citation: Citation): TemplateResult {
    const { strings } = this;
    const role = source.pages ? "tabpanel" : "group";
    const label = source.pages ? `tab-${this.tab}` : nothing;
    if (source.pages && this.tab === "page") {
      return html`<div class="body page" id="view" role=${role} aria-labelledby=${label}>
        ${source.cited && !source.cited.boxes.length ? html`<p class="note">${strings.textOnly}</p>` : nothing}
        <footnoted-source-page .api=${this.api} .strings=${strings} .source=${source}></footnoted-source-page>
      </div>`;
    }
    const { start, end, characters } = source.window;
    const address = this.api?.viewUrl(citation, this.citations) ?? "";
    const beyond = (words: string): TemplateResult => html`<p class="note">${words}
      ${address ? html`<a href=${address} target="_blank" rel="noopener">${strings.openInNewTab}</a>` : nothing}</p>`;
    return html`<div class="body" id="view" role=${role} tabindex="0"
      aria-labelledby=${label} aria-label=${source.pages ? nothing : strings.showText}>
      ${start > 0 ? beyond(strings.earlierText) : nothing}
      ${sourceText(source, strings)}
      ${end < characters ? beyond(strings.laterText) : nothing}
    </div>`;
  }

  #waiting(): TemplateResult {
    const { strings, load } = this;
    if (load.kind !== "failed") return html`<div class="body waiting"><p class="muted">${strings.loadingSource}</p></div>`;
    const removed = load.problem.status === 404;
    const told = tell({ ...load.problem, title: "" }, { ...strings, failedTitle: strings.sourceFailed });
    return html`<div class="body waiting">
      <p class="wrong">${removed ? strings.documentRemoved : told.title}</p>
      ${removed ? nothing : html`<p class="muted">${told.detail} ${told.hint}</p>`}
      ${removed || !told.retry ? nothing : html`<button type="button" class="secondary" @click=${this.#retry}>${strings.retry}</button>`}
    </div>`;
  }

  #spoken(): string {
    const { strings, load, index, citations } = this;
    if (load.kind === "loading") return strings.loadingSource;
    if (load.kind === "failed") return load.problem.status === 404 ? strings.documentRemoved : strings.sourceFailed;
    const where = citations.length > 1 ? `${strings.citationOf(index + 1, citations.length)}: ` : "";
    return `${where}${load.source.title}`;
  }

  async #fetch(api: Api, citation: Citation, place: string): Promise<void> {
    this.load = { kind: "loading" };
    let load: Load;
    try {
      load = { kind: "ready", source: await api.source(citation) };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      load = { kind: "failed", problem: error.problem };
    }
    if (place !== this.#place) return; // the reader went on meanwhile
    if (load.kind === "ready") this.tab = this.#tabFor(load.source);
    this.load = load;
  }

  #tabFor(source: Source): Tab {
    if (!source.pages) return "text";
    return this.#chosen ?? (source.cited?.boxes.length ? "page" : "text");
  }

  #retry = (): void => {
    this.#place = "";
    this.focus();
    this.requestUpdate();
  };

  #move(index: number): void {
    if (!this.citations[index]) return;
    this.index = index;
    this.dispatchEvent(new CustomEvent("footnoted-move", { detail: { index }, bubbles: true, composed: true }));
  }

  #close = (): void => {
    this.dispatchEvent(new CustomEvent("footnoted-close", { bubbles: true, composed: true }));
  };

  #choose(tab: Tab): void {
    this.tab = this.#chosen = tab;
  }

  #onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation(); // the chat around stays open
    this.#close();
  };

  #onTabKey = (event: KeyboardEvent): void => {
    const other = TABS[1 - TABS.indexOf(this.tab)] ?? "text";
    const wanted = { ArrowLeft: other, ArrowRight: other, Home: TABS[0], End: TABS[1] }[event.key];
    if (!wanted) return;
    event.preventDefault();
    this.#choose(wanted);
    this.renderRoot.querySelector<HTMLElement>(`#tab-${wanted}`)?.focus();
  };

  #scrollToMark(): void {
    const body = this.renderRoot.querySelector<HTMLElement>(".body");
    const mark = body?.querySelector<HTMLElement>("mark:not(.spelled)");
    if (mark) scrollWithin(body!, mark, "instant", body!.clientHeight / 3);
    else body?.scrollTo({ top: 0, behavior: "instant" });
  }
}

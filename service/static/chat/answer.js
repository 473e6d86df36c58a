import { copy } from "../clipboard.js";
import { strings } from "../strings.js";
import { announce, el, ownAddress } from "./dom.js";
import { Feedback } from "./feedback.js";
import { hide as hidePeek } from "./peek.js";
import { linkMarker, sentenceNode } from "./sentences.js";
import { nearestPassages, sourcesSection } from "./sources.js";

let made = 0;

/** The plain words of an answer, without markers. */
export const plainText = (answer) => answer.sentences.map((sentence) => sentence.text).join(" ");

/** An answer on the page: first while it streams, then complete. One instance an attempt. */
export class AnswerView {
  /** `feedback` keeps the rating (see Feedback); null where the service takes none. */
  constructor(question, collection, feedback) {
    const prefix = `answer-${++made}`;
    this.ids = { quote: (marker) => `${prefix}-quote-${marker}` };
    this.question = question;
    this.collection = collection;
    this.feedback = feedback;
    this.sentences = [];
    this.citations = new Map();
    this.understood = el("p", { class: "understood", hidden: true });
    this.progress = el("p", { class: "progress" }, strings.searching);
    this.pending = el("span", { class: "pending" });
    this.prose = el("div", { class: "prose", dir: "auto" }, this.pending);
    this.after = el("div", { class: "after" });
    this.root = el("div", { class: "answer", "aria-busy": "true" }, this.understood, this.progress, this.prose, this.after);
  }

  start({ understood_as: understoodAs, hits }) {
    this.#showUnderstood(understoodAs);
    if (hits?.length) {
      this.progress.textContent = strings.reading(hits.length, new Set(hits.map((hit) => hit.document_id)).size);
    }
  }

  token({ text }) {
    this.progress.hidden = true;
    this.pending.append(text);
  }

  /** The streamed words are now checked: they get their markers. */
  sentence(sentence) {
    this.sentences.push(sentence);
    this.progress.hidden = true;
    this.pending.textContent = "";
    this.pending.before(sentenceNode(sentence, this.citations, null, this.ids), " ");
  }

  citation(citation) {
    this.citations.set(citation.marker, citation);
    for (const marker of this.prose.querySelectorAll(`[data-marker="${Number(citation.marker)}"]`)) {
      linkMarker(marker, citation, this.ids);
    }
  }

  /** The whole answer; it replaces what was streamed, so that a reload shows exactly the same. */
  done(answer) {
    const focused = this.#focusedMarker();
    this.#settle();
    this.#showUnderstood(answer.understood_as);
    this.root.dataset.status = answer.status;
    if (answer.status === "not_found") this.#showNotFound(answer);
    else this.#showAnswer(answer);
    if (focused >= 0) this.prose.querySelectorAll(".marker")[focused]?.focus();
  }

  /** The attempt ended early: what came stays with its sources, unchecked words stay pale, and `note` says why. */
  ended(note) {
    this.#settle();
    this.root.dataset.status = "ended";
    this.#showAfter(note, sourcesSection([...this.citations.values()], null, this.ids));
  }

  /** What came of an unfinished answer, checked sentences only, in a form to keep. */
  get partial() {
    return { sentences: this.sentences, citations: [...this.citations.values()] };
  }

  set partial({ sentences, citations }) {
    for (const citation of citations) this.citation(citation);
    for (const sentence of sentences) this.sentence(sentence);
  }

  get hasUnchecked() {
    return this.pending.textContent.trim() !== "";
  }

  #settle() {
    hidePeek();
    this.progress.hidden = true;
    this.root.removeAttribute("aria-busy");
  }

  #focusedMarker() {
    return [...this.prose.querySelectorAll(".marker")].indexOf(document.activeElement);
  }

  #showUnderstood(text) {
    const differs = Boolean(text) && text.trim() !== this.question.trim();
    this.understood.hidden = !differs;
    if (differs) this.understood.replaceChildren(`${strings.understoodAs} `, el("bdi", {}, text));
  }

  #showAnswer(answer) {
    this.citations = new Map(answer.citations.map((citation) => [citation.marker, citation]));
    const nodes = answer.sentences.flatMap((sentence) => [sentenceNode(sentence, this.citations, answer.answer_span, this.ids), " "]);
    this.prose.replaceChildren(...nodes);
    this.#showAfter(sourcesSection(answer.citations, answer.answer_span, this.ids), this.#foot(answer), this.#thumbs(answer));
  }

  #showNotFound(answer) {
    this.prose.replaceChildren(
      el("p", { class: "verdict" }, strings.notFound),
      el("p", { class: "muted" }, strings.notFoundText, " ", strings.notFoundConfidence(answer.confidence), "."),
    );
    this.#showAfter(nearestPassages(answer.hits, this.collection), this.#thumbs(answer));
  }

  #showAfter(...nodes) {
    this.after.replaceChildren(...nodes.filter(Boolean));
  }

  #thumbs(answer) {
    return this.feedback && new Feedback(answer, this.feedback).root;
  }

  #foot(answer) {
    const total = Object.values(answer.timings_ms ?? {}).reduce((sum, ms) => sum + ms, 0);
    const button = el("button", { type: "button", class: "plain copy" }, strings.copyAnswer);
    button.addEventListener("click", async () => {
      const message = (await copy(asText(answer))) ? strings.copied : strings.copyFailed;
      button.textContent = message;
      announce(message);
      setTimeout(() => (button.textContent = strings.copyAnswer), 2000);
    });
    return el(
      "p",
      { class: "facts foot" },
      el("span", { class: "confidence" }, strings.confidence(answer.confidence)),
      total > 0 && el("span", {}, strings.seconds(total / 1000)),
      el("span", {}, button),
    );
  }
}

/** The answer with its sources, for pasting elsewhere. */
function asText(answer) {
  const sources = answer.citations.map((citation) => {
    const where = citation.page ? `${citation.title}, ${strings.page(citation.page)}` : citation.title;
    return `[${citation.marker}] ${where}: “${citation.quote}” ${location.origin}${ownAddress(citation.url) ?? ""}`;
  });
  const body = answer.sentences
    .map((sentence) => [sentence.text, ...sentence.markers.map(strings.marker), ...(sentence.supported ? [] : [`(${strings.unsupported})`])].join(" "))
    .join(" ");
  return `${body}\n\n${sources.join("\n")}`.trim();
}

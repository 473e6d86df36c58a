import { strings } from "../strings.js";
import { AnswerView, plainText } from "./answer.js";
import { announce, el, prefersStill } from "./dom.js";
import { hide as hidePeek } from "./peek.js";
import { loadExchanges, saveExchanges } from "./store.js";
import { ask } from "./stream.js";

// The server counts a question and an answer as two turns.
const HISTORY_TURNS = 10;

/**
 * The exchanges of one collection, on the page and in storage.
 * An exchange is {question, state: running|done|stopped|failed, answer, partial, problem, feedback}.
 */
export class Conversation {
  #exchanges = [];
  #collection = "";
  #running = null;
  #made = 0;

  constructor(log, onChange) {
    this.log = log;
    this.onChange = onChange;
  }

  get running() {
    return this.#running !== null;
  }

  get empty() {
    return this.#exchanges.length === 0;
  }

  /** Shows what was said in a collection. */
  open(collection) {
    this.stop();
    this.#collection = collection;
    this.#exchanges = loadExchanges(collection);
    this.#clearPage();
    for (const exchange of this.#exchanges) this.#restore(exchange);
    this.log.lastElementChild?.scrollIntoView({ block: "start" });
    this.onChange();
  }

  clear() {
    this.stop();
    this.#exchanges = [];
    this.#clearPage();
    this.#save();
    this.onChange();
  }

  stop() {
    this.#running?.abort();
    this.#running = null;
  }

  ask(question) {
    const exchange = { question, state: "running" };
    this.#exchanges.push(exchange);
    const article = this.#article(exchange);
    this.log.append(article);
    return this.#run(exchange, article);
  }

  async #run(exchange, article) {
    const view = this.#view(exchange, article);
    const running = new AbortController();
    this.#running = running;
    Object.assign(exchange, { state: "running", answer: null, partial: null, problem: null, feedback: null });
    this.#save();
    this.onChange();
    announce(strings.searching);
    article.scrollIntoView({ block: "start", behavior: prefersStill() ? "auto" : "smooth" });
    try {
      const query = { question: exchange.question, collection: view.collection, history: this.#history(exchange) };
      for await (const { event, data } of ask(query, running.signal)) {
        if (["start", "token", "sentence", "citation", "done"].includes(event)) view[event](data);
        if (event === "citation") this.#keep(exchange, view);
        if (event === "done") Object.assign(exchange, { state: "done", answer: data, partial: null });
      }
      announce(spoken(exchange.answer));
    } catch (error) {
      this.#fail(exchange, article, view, error);
    }
    // A newer attempt, or another collection, may have taken over meanwhile.
    if (this.#running === running) this.#running = null;
    if (this.#exchanges.includes(exchange)) this.#save();
    this.onChange();
  }

  // Saved as it comes, so that leaving the page in the middle keeps what was already checked.
  #keep(exchange, view) {
    if (!this.#exchanges.includes(exchange)) return;
    exchange.partial = view.partial;
    this.#save();
  }

  #fail(exchange, article, view, error) {
    if (error.name === "AbortError") {
      exchange.state = "stopped";
      view.ended(this.#note(exchange, article, view.hasUnchecked ? strings.stoppedPartial : strings.stopped));
      announce(strings.stopped);
      return;
    }
    if (!error.title) console.error(error); // a bug of this page, not of the network
    const { title = strings.failedTitle, detail = error.message, hint = "" } = error;
    Object.assign(exchange, { state: "failed", problem: { title, detail, hint } });
    view.ended(this.#failure(exchange, article));
    announce(`${title}. ${detail} ${hint}`);
  }

  #restore(exchange) {
    const article = this.#article(exchange);
    this.log.append(article);
    const view = this.#view(exchange, article);
    if (exchange.partial) view.partial = exchange.partial;
    if (exchange.state === "done" && exchange.answer) view.done(exchange.answer);
    else if (exchange.state === "failed" && exchange.problem) view.ended(this.#failure(exchange, article));
    else view.ended(this.#note(exchange, article, exchange.state === "running" ? strings.reloaded : strings.stopped));
  }

  #article(exchange) {
    const id = `question-${++this.#made}`;
    const heading = el(
      "h2",
      { class: "question", id, tabindex: "-1" },
      el("span", { class: "visually-hidden" }, `${strings.youAsked} `),
      el("span", { class: "bubble", dir: "auto" }, exchange.question),
    );
    return el("article", { class: "exchange", "aria-labelledby": id }, heading);
  }

  #view(exchange, article) {
    const view = new AnswerView(exchange.question, this.#collection, this.#feedback(exchange));
    article.querySelector(".answer")?.remove();
    article.append(view.root);
    return view;
  }

  #feedback(exchange) {
    if (!("feedback" in this.log.dataset)) return null;
    const keep = (given) => {
      exchange.feedback = given;
      if (this.#exchanges.includes(exchange)) this.#save();
    };
    return { given: exchange.feedback, keep };
  }

  #note(exchange, article, text) {
    return el("p", { class: "ending" }, text, " ", this.#retryButton(exchange, article, strings.askAgain, "plain"));
  }

  #failure(exchange, article) {
    const { title, detail, hint } = exchange.problem;
    return el(
      "div",
      { class: "failure" },
      el("p", { class: "failure-title" }, title),
      detail && detail !== title && el("p", {}, detail),
      hint && el("p", { class: "hint" }, hint),
      this.#retryButton(exchange, article, strings.retry, "secondary"),
    );
  }

  #retryButton(exchange, article, label, style) {
    const retry = () => {
      if (this.running) return;
      article.querySelector(".question").focus({ preventScroll: true }); // the button goes away
      this.#run(exchange, article);
    };
    return el("button", { type: "button", class: `${style} retry`, onclick: retry }, label);
  }

  #history(until) {
    const turns = [];
    for (const { question, answer } of this.#exchanges.slice(0, this.#exchanges.indexOf(until))) {
      if (!answer) continue;
      turns.push({ role: "user", content: question });
      turns.push({ role: "assistant", content: plainText(answer) || strings.notFound });
    }
    return turns.slice(-HISTORY_TURNS);
  }

  #clearPage() {
    hidePeek();
    this.log.replaceChildren();
  }

  #save() {
    saveExchanges(this.#collection, this.#exchanges);
  }
}

function spoken(answer) {
  if (answer.status === "not_found") return strings.announceNotFound;
  const text = answer.sentences.map((one) => (one.supported ? one.text : `${one.text} (${strings.unsupported})`)).join(" ");
  return strings.announceAnswer(text, answer.citations.length);
}

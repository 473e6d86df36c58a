import { strings } from "../strings.js";
import { request } from "./api.js";
import { announce, el, icon, prefersStill } from "./dom.js";
import { person } from "./person.js";

const REASONS = {
  answered: ["wrong", "incomplete", "bad_source", "should_not_have_answered", "other"],
  not_found: ["should_have_answered", "other"],
};
const THUMB = "M6.5 9l3-6.5c1.2 0 2 .9 2 2V7.5h4c1 0 1.7.9 1.5 1.9l-1.1 5.6c-.2.9-.9 1.5-1.8 1.5H6.5z M6.5 9h-3v7.5h3";
const COMMENT_LIMIT = 2000;

let made = 0;

/**
 * Thumbs below an answer, and after a thumb down a form that asks why.
 * `kept` is {given, keep}: the rating as the page keeps it ({rating, reason, comment} or null), and how to keep one.
 */
export class Feedback {
  #answer;
  #given;
  #keep;
  #sending = false;

  constructor(answer, { given, keep }) {
    this.#answer = answer;
    this.#given = given ?? null;
    this.#keep = keep;
    this.#build();
    this.#show();
  }

  #build() {
    this.up = thumb("up", strings.rateUp, () => this.#press("up"));
    this.down = thumb("down", strings.rateDown, () => this.#press("down"));
    this.said = el("span", { class: "said" });
    this.why = el("button", { type: "button", class: "plain", onclick: () => this.#open() }, strings.sayWhy);
    this.row = el("div", { class: "thumbs", role: "group", "aria-label": strings.rateGroup }, this.up, this.down, this.said, this.why);
    this.form = this.#form();
    this.root = el("div", { class: "feedback" }, this.row, this.form);
  }

  #form() {
    const name = `reason-${++made}`;
    const reasons = REASONS[this.#answer.status].map((reason) =>
      el("label", { class: "reason" }, el("input", { type: "radio", name, value: reason }), el("span", {}, strings.reasons[reason])),
    );
    this.comment = el("textarea", { rows: "2", maxlength: COMMENT_LIMIT, dir: "auto" });
    const form = el(
      "form",
      { class: "why", hidden: true, "aria-label": strings.whyTitle },
      el("fieldset", {}, el("legend", {}, strings.whyTitle), el("div", { class: "reasons" }, ...reasons)),
      el("label", { class: "comment" }, el("span", {}, strings.comment), this.comment),
      el(
        "div",
        { class: "why-buttons" },
        el("button", { type: "submit", class: "primary" }, strings.sendReason),
        el("button", { type: "button", class: "quiet", onclick: () => this.#close() }, strings.notNow),
      ),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#explain();
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#close();
    });
    return form;
  }

  /** A second press on the same thumb takes the rating back. */
  async #press(rating) {
    const next = this.#given?.rating === rating ? null : { rating, reason: null, comment: null };
    if (!(await this.#send(next))) return;
    if (rating === "down" && next) this.#open();
    else this.form.hidden = true;
    this.#show();
    announce(next ? (rating === "up" ? strings.thanks : strings.thanksDown) : strings.withdrawn);
  }

  async #explain() {
    const reason = this.form.querySelector("input:checked")?.value ?? null;
    const comment = this.comment.value.trim() || null;
    if (!(await this.#send({ rating: "down", reason, comment }))) return;
    this.#close();
    announce(strings.thanks);
  }

  async #send(next) {
    if (this.#sending) return false;
    this.#sending = true;
    const body = { answer_id: this.#answer.id, rating: null, ...next, user: person() };
    try {
      await request("/v1/feedback", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    } catch (error) {
      if (!error.title) throw error; // a bug of this page, not of the network
      this.#show(strings.ratingFailed(error.code === "not_found"));
      announce(this.said.textContent);
      return false;
    } finally {
      this.#sending = false;
    }
    this.#given = next;
    this.#keep(next);
    return true;
  }

  #open() {
    const { reason, comment } = this.#given ?? {};
    for (const radio of this.form.querySelectorAll("input")) radio.checked = radio.value === reason;
    this.comment.value = comment ?? "";
    this.form.hidden = false;
    this.#show();
    this.form.scrollIntoView({ block: "nearest", behavior: prefersStill() ? "auto" : "smooth" });
  }

  #close() {
    this.form.hidden = true;
    this.#show();
    this.down.focus(); // what had the focus is hidden
  }

  #show(fault = "") {
    const { rating, reason, comment } = this.#given ?? {};
    this.up.setAttribute("aria-pressed", String(rating === "up"));
    this.down.setAttribute("aria-pressed", String(rating === "down"));
    this.said.classList.toggle("wrong", Boolean(fault));
    this.said.textContent = fault || (rating && this.form.hidden ? strings.thanks : "");
    this.why.hidden = rating !== "down" || !this.form.hidden;
    this.why.textContent = reason || comment ? strings.changeWhy : strings.sayWhy;
  }
}

function thumb(which, label, onclick) {
  return el("button", { type: "button", class: `thumb ${which}`, "aria-pressed": "false", "aria-label": label, title: label, onclick }, icon(THUMB));
}

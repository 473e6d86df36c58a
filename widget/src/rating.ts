import { html, nothing, type TemplateResult } from "lit";
import type { Context } from "./context.js";
import { Failure } from "./failure.js";
import type { Exchange } from "./history.js";
import { icon } from "./icons.js";
import type { Strings } from "./locales/en.js";
import type { Rating } from "./wire.js";

type Reason = keyof Strings["reasons"];

const REASONS: Readonly<Record<"answered" | "not_found", readonly Reason[]>> = {
  answered: ["wrong", "incomplete", "bad_source", "should_not_have_answered", "other"],
  not_found: ["should_have_answered", "other"],
};
const MOST_COMMENT = 2000;

/** Thumbs below an answer, and after a thumb down a form that asks why. */
export class RatingForm {
  #asking = false;
  #sending = false;
  #fault = "";

  constructor(
    private readonly host: Context,
    private readonly exchange: Exchange,
  ) {}

  render(): TemplateResult {
    const { strings } = this.host;
    const given = this.exchange.feedback;
    const said = this.#fault || (given && !this.#asking ? strings.thanks : "");
    const why = given?.rating === "down" && !this.#asking;
    return html`<div class="rating" id=${this.#id}>
      <div class="thumbs" role="group" aria-label=${strings.rateGroup}>
        ${this.#thumb("up", strings.rateUp)}${this.#thumb("down", strings.rateDown)}
        <span class=${this.#fault ? "said wrong" : "said"}>${said}</span>
        ${why
          ? html`<button type="button" class="plain" @click=${() => void this.#ask()}>
              ${given.reason || given.comment ? strings.changeWhy : strings.sayWhy}
            </button>`
          : nothing}
      </div>
      ${this.#asking ? this.#form() : nothing}
    </div>`;
  }

  get #id(): string {
    return `rating-${this.exchange.id}`;
  }

  #thumb(which: "up" | "down", label: string): TemplateResult {
    const pressed = this.exchange.feedback?.rating === which;
    return html`<button type="button" class="iconic thumb ${which}" aria-pressed=${pressed ? "true" : "false"} aria-label=${label}
      title=${label} @click=${() => void this.#press(which)}>${icon("thumb")}</button>`;
  }

  #form(): TemplateResult {
    const { strings } = this.host;
    const { reason, comment } = this.exchange.feedback ?? {};
    const name = `reason-${this.exchange.id}`;
    return html`<form class="why" aria-label=${strings.whyTitle} @submit=${this.#explain} @keydown=${this.#key}>
      <fieldset>
        <legend>${strings.whyTitle}</legend>
        <div class="reasons">
          ${REASONS[this.exchange.answer?.status === "not_found" ? "not_found" : "answered"].map(
            (one) => html`<label class="reason">
              <input type="radio" name=${name} value=${one} .checked=${one === reason}><span>${strings.reasons[one]}</span>
            </label>`,
          )}
        </div>
      </fieldset>
      <label class="comment"><span>${strings.comment}</span>
        <textarea name="comment" rows="2" maxlength=${MOST_COMMENT} dir="auto" .value=${comment ?? ""}></textarea>
      </label>
      <div class="buttons">
        <button type="submit" class="primary">${strings.sendReason}</button>
        <button type="button" class="quiet" @click=${() => void this.#close()}>${strings.notNow}</button>
      </div>
    </form>`;
  }

  /** A second press on the same thumb takes the rating back. */
  async #press(rating: Rating["rating"]): Promise<void> {
    const next = this.exchange.feedback?.rating === rating ? null : { rating, reason: null, comment: null };
    if (!(await this.#send(next))) return;
    const { strings, announcer } = this.host;
    announcer.say(next ? (rating === "up" ? strings.thanks : strings.thanksDown) : strings.withdrawn);
    this.#asking = false;
    if (rating === "down" && next) await this.#ask();
    else this.host.requestUpdate();
  }

  readonly #explain = async (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const reason = data.get(`reason-${this.exchange.id}`) as string | null;
    const comment = String(data.get("comment") ?? "").trim() || null;
    if (!(await this.#send({ rating: "down", reason, comment }))) return;
    this.host.announcer.say(this.host.strings.thanks);
    await this.#close();
  };

  readonly #key = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation(); // closes the form, not the panel
    event.preventDefault();
    void this.#close();
  };

  async #send(next: Rating | null): Promise<boolean> {
    const { api, conversation, strings, announcer } = this.host;
    const answer = this.exchange.answer;
    if (this.#sending || !answer) return false;
    this.#sending = true;
    try {
      await api.feedback({ answer_id: answer.id, ...(next ?? { rating: null }) });
    } catch (error) {
      if (!(error instanceof Failure)) throw error; // a bug of the widget, not of the network
      this.#fault = error.problem.status === 404 ? strings.ratingGone : strings.ratingFailed;
      announcer.say(this.#fault);
      this.host.requestUpdate();
      return false;
    } finally {
      this.#sending = false;
    }
    this.#fault = "";
    conversation.rate(this.exchange, next);
    return true;
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    this.host.requestUpdate();
    await this.host.updateComplete;
    this.#root?.querySelector(".why")?.scrollIntoView({ block: "nearest" });
  }

  async #close(): Promise<void> {
    this.#asking = false;
    this.host.requestUpdate();
    await this.host.updateComplete;
    this.#root?.querySelector<HTMLElement>(".thumb.down")?.focus(); // what had the focus is gone
  }

  get #root(): Element | null {
    return this.host.renderRoot.querySelector(`#${this.#id}`);
  }
}

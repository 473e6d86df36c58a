import { html, nothing, type TemplateResult } from "lit";
import { codePointLength } from "./codepoints.js";
import type { Context } from "./context.js";
import { icon } from "./icons.js";

const WARN_BELOW = 200;

/** The question field with its Send and Stop buttons. */
export class Composer {
  #text = "";
  #tooLong = false;

  constructor(private readonly host: Context) {}

  get field(): HTMLTextAreaElement | null {
    return this.host.renderRoot.querySelector("#question");
  }

  /** Focuses the field, unless that would raise an on-screen keyboard that nobody asked for. */
  focus(): void {
    if (!matchMedia("(pointer: coarse)").matches) this.field?.focus({ preventScroll: true });
  }

  render(blocked: boolean): TemplateResult {
    const { strings, config, conversation } = this.host;
    const limit = config.question_limit;
    const length = codePointLength(this.#text.trim());
    const over = length > limit;
    const running = conversation.running !== null;
    const note = length > limit - WARN_BELOW && !over ? strings.remaining(limit - length) : strings.composerNote;
    return html`<form class="composer" part="composer" aria-label=${strings.composer} @submit=${this.#submit}>
      <div class="field" part="field">
        <textarea id="question" rows="1" dir=${this.#text ? "auto" : nothing} autocomplete="off" enterkeyhint="send" part="question"
          aria-label=${strings.question} aria-describedby="note" aria-invalid=${over ? "true" : "false"}
          placeholder=${config.placeholder || strings.placeholder}
          .value=${this.#text} @input=${this.#changed} @keydown=${this.#key}></textarea>
        ${running
          ? html`<button type="button" class="round" id="stop" part="stop" aria-label=${strings.stop} title=${strings.stop}
              @click=${this.#stop}>${icon("stop")}</button>`
          : html`<button type="submit" class="round" id="send" part="send" aria-label=${strings.send} title=${strings.send}
              ?disabled=${blocked || length === 0 || over}>${icon("send")}</button>`}
      </div>
      <p id="note" class=${over ? "note wrong" : "note"}>${over ? strings.tooLong(length, limit) : note}</p>
    </form>`;
  }

  readonly #changed = (event: Event) => {
    const field = event.target as HTMLTextAreaElement;
    this.#text = field.value;
    const { config, strings, announcer } = this.host;
    const length = codePointLength(this.#text.trim());
    const over = length > config.question_limit;
    if (over && !this.#tooLong) announcer.say(strings.tooLong(length, config.question_limit)); // once, not at each key
    this.#tooLong = over;
    this.#fit();
    this.host.requestUpdate();
  };

  readonly #key = (event: KeyboardEvent) => {
    // While an input method is composing, Enter picks a candidate; 229 is what older Safari sends instead.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape" && this.host.conversation.running) {
      event.stopPropagation(); // stops the answer, and leaves the panel open
      event.preventDefault();
      this.#stop();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit(event);
    }
  };

  readonly #stop = () => {
    this.host.conversation.stop();
    this.field?.focus({ preventScroll: true }); // the button goes away
  };

  readonly #submit = (event: Event) => {
    event.preventDefault();
    const { conversation, config, announcer, strings } = this.host;
    const question = this.#text.trim();
    if (!question || codePointLength(question) > config.question_limit) {
      this.field?.focus();
    } else if (conversation.running) {
      announcer.say(strings.busy);
    } else if (!this.host.renderRoot.querySelector("#send:disabled")) {
      this.#text = "";
      this.host.ask(question);
      void this.host.updateComplete.then(() => this.#fit());
      this.focus();
    }
  };

  // As high as its words; the style sheet sets the most.
  #fit(): void {
    const { field } = this;
    if (!field) return;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  }
}

import { strings } from "../strings.js";
import { codePointLength } from "./codepoints.js";
import { announce, byId } from "./dom.js";

const WARN_BELOW = 200;

/** The question field with its Send and Stop buttons. */
export class Composer {
  constructor({ onSend, onStop }) {
    this.form = byId("composer");
    this.field = byId("question");
    this.limit = Number(this.field.dataset.limit);
    this.send = byId("send");
    this.stop = byId("stop");
    this.note = byId("composer-note");
    this.error = byId("composer-error");
    this.onSend = onSend;
    this.onStop = onStop;
    this.busy = false;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("input", () => this.#changed());
    this.stop.addEventListener("click", () => {
      onStop();
      this.focus();
    });
    this.#changed();
  }

  setBusy(busy) {
    this.busy = busy;
    this.stop.hidden = !busy;
    this.send.hidden = busy;
  }

  /** Focuses the field, unless that would raise an on-screen keyboard that nobody asked for. */
  focus() {
    if (!matchMedia("(pointer: coarse)").matches) this.field.focus({ preventScroll: true });
  }

  #key(event) {
    // While an input method is composing, Enter picks a candidate; 229 is what older Safari sends instead.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape" && this.busy) {
      this.onStop();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    }
  }

  #submit() {
    const question = this.field.value.trim();
    if (!question || codePointLength(question) > this.limit) {
      this.field.focus();
      return;
    }
    if (this.busy) {
      announce(strings.busy);
      return;
    }
    this.field.value = "";
    this.#changed();
    this.focus();
    this.onSend(question);
  }

  #changed() {
    const length = codePointLength(this.field.value.trim());
    const over = length > this.limit;
    this.send.disabled = length === 0 || over;
    if (over && this.error.textContent === "") announce(strings.tooLong(length, this.limit)); // once, not at each key
    this.field.setAttribute("aria-invalid", String(over));
    this.note.hidden = over;
    this.note.textContent = length > this.limit - WARN_BELOW ? strings.remaining(this.limit - length) : strings.composerNote;
    this.error.textContent = over ? strings.tooLong(length, this.limit) : "";
    this.#fit();
  }

  #fit() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }
}

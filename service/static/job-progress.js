import { el } from "./dom.js";
import { cancelJob, isSettled } from "./requests.js";
import { jobWords as words } from "./shared-words.js";

/** How far a job is: a bar, what is done now, the time left, and a button that ends it. `onTrouble` is told of a Problem. */
export class JobProgress {
  #spoken = "";

  constructor(job, onTrouble = () => {}) {
    this.bar = el("progress", { "aria-label": words.progress });
    this.text = el("p", { class: "job-at", dir: "auto" });
    this.live = el("p", { class: "visually-hidden", role: "status" });
    this.cancel = el("button", { type: "button", class: "secondary cancel", onclick: () => this.#cancel(onTrouble) }, words.cancel);
    this.root = el("div", { class: "job-progress" }, this.bar, el("div", { class: "job-line" }, this.text, this.cancel), this.live);
    this.show(job);
  }

  show(job) {
    this.job = job;
    const { done, total, elapsed_s, remaining_s } = job.progress;
    this.root.hidden = isSettled(job);
    this.cancel.disabled = job.is_cancelling;
    this.cancel.setAttribute("aria-label", words.cancelLabel(words.kinds[job.kind] ?? job.kind));
    if (total) {
      // By time where that is known: one large file is not nothing until it is all.
      const share = remaining_s === null ? done / total : elapsed_s / (elapsed_s + remaining_s || 1);
      this.bar.value = Math.max(this.bar.value, Math.min(share, 1)); // an estimate that grows does not take it back
    } else this.bar.removeAttribute("value");
    this.text.textContent = describe(job);
    this.bar.setAttribute("aria-valuetext", this.text.textContent);
    this.#speak(total ? Math.floor((10 * done) / total) : 0);
  }

  /** Every tenth, so that a screen reader is not kept busy. */
  #speak(tenth) {
    const { job } = this;
    const mark = `${job.status} ${job.is_cancelling} ${tenth}`;
    if (mark === this.#spoken) return;
    this.#spoken = mark;
    this.live.textContent = isSettled(job) ? (words.settled[job.status] ?? "") : this.text.textContent;
  }

  async #cancel(onTrouble) {
    this.cancel.disabled = true;
    try {
      await cancelJob(this.job.id);
      if (!isSettled(this.job)) this.show({ ...this.job, is_cancelling: true });
    } catch (error) {
      this.cancel.disabled = false;
      onTrouble(error);
    }
  }
}

function describe({ status, is_cancelling, progress }) {
  if (is_cancelling) return words.cancelling;
  if (status === "queued") return words.queued;
  const { done, total, name, stage, passages, remaining_s } = progress;
  return [
    total ? words.files(done, total) : "",
    stage ? words.stages[stage]?.(name ?? "") : words.starting,
    passages ? words.passages(passages) : "",
    remaining_s === null ? "" : words.remaining(remaining_s),
  ]
    .filter(Boolean)
    .join(" · ");
}

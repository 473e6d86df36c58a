import { el } from "../dom.js";
import { JobProgress } from "../job-progress.js";
import { followJob, get, isSettled, part } from "../requests.js";
import { uploadWords } from "../shared-words.js";
import { fileDetails, fileState } from "../uploads.js";
import { announce, facts, failure } from "./parts.js";
import { plainNumber, when, words } from "./words.js";

const say = words.jobs;
const FEW = 20;
const ORDER = ["failed", "added", "changed", "moved", "removed", "unchanged", "cancelled"];

/** The latest jobs. They run one after the other: the one at work is followed, then the list is read again. */
export async function show(view) {
  const list = el("ol", { class: "cards jobs" });
  view.root.replaceChildren(el("p", { class: "intro" }, say.intro), list);
  const cards = new Map();
  while (!view.signal.aborted) {
    const { jobs } = await get("/v1/admin/jobs", {}, view.signal);
    if (!jobs.length) {
      view.root.append(el("p", { class: "nothing" }, say.none));
      return;
    }
    for (const job of jobs) {
      if (cards.has(job.id)) cards.get(job.id).show(job);
      else cards.set(job.id, new Card(job));
    }
    const shown = jobs.map(({ id }) => cards.get(id).root);
    // What is in its place stays there: somebody may be about to press its button.
    shown.forEach((node, i) => list.children[i] !== node && list.insertBefore(node, list.children[i] ?? null));
    while (list.children.length > shown.length) list.lastElementChild.remove();
    const next = jobs.findLast((job) => !isSettled(job));
    if (!next) return;
    const last = await followJob(next, (job) => cards.get(job.id).show(job), view.signal);
    if (!isSettled(last)) {
      if (!view.signal.aborted) view.root.prepend(failure(new Error(uploadWords.status.unknown), view.again));
      return;
    }
  }
}

/** One job, redrawn in place, so that what has the focus or is open stays so. */
class Card {
  #drawn = "";
  #touched = false;

  constructor(job) {
    this.state = el("span");
    this.about = el("div");
    this.trouble = el("div");
    this.progress = new JobProgress(job, (error) => announce(error.detail || error.message));
    this.summary = el("summary");
    this.summary.addEventListener("click", () => (this.#touched = true));
    this.files = el("ul", { class: "uploads" });
    this.details = el("details", {}, this.summary, this.files);
    this.root = el(
      "li",
      { class: "card job", "data-job": job.id },
      el("h2", {}, when(job.created_at), " ", this.state),
      this.about,
      this.progress.root,
      this.trouble,
      this.details,
    );
    this.show(job);
  }

  show(job) {
    this.progress.show(job);
    const drawn = JSON.stringify([job.status, job.is_cancelling, job.counts, job.files, job.error]);
    if (drawn === this.#drawn) return; // only the progress changed
    this.#drawn = drawn;
    this.root.dataset.status = job.status;
    this.state.className = `state ${job.status}`;
    this.state.textContent = (job.is_cancelling ? say.cancelling : say.status[job.status]) ?? job.status;
    const collection = el("a", { href: `#/documents/${part(job.collection)}` }, say.into(job.collection));
    this.about.replaceChildren(...places(job), facts(collection, say.kinds[job.kind], ...counts(job)));
    this.trouble.replaceChildren(...fileDetails(job.error, []));
    const wrong = job.files.some((file) => file.error || file.notes.length);
    this.details.hidden = !job.files.length;
    this.summary.textContent = say.files(job.files.length + job.files_left_out);
    if (!this.#touched) this.details.open = (!isSettled(job) || wrong) && job.files.length <= FEW;
    const more = job.files_left_out ? [el("li", { class: "muted" }, say.more(job.files_left_out))] : [];
    this.files.replaceChildren(...job.files.map(fileRow), ...more);
  }
}

const places = ({ sources }) =>
  sources.length ? [el("p", { class: "places", dir: "auto" }, sources.slice(0, 3).join(", "), sources.length > 3 ? ` ${say.morePlaces(sources.length - 3)}` : "")] : [];

const counts = (job) => ORDER.filter((name) => job.counts[name]).map((name) => `${plainNumber(job.counts[name])} ${say.counts[name]}`);

function fileRow(file) {
  return el(
    "li",
    { class: "upload", "data-status": file.status },
    el("span", { class: "name", dir: "auto" }, file.name),
    el("span", { class: "state" }, fileState(file)),
    el("div", { class: "upload-more" }, fileDetails(file.error, file.notes)),
  );
}

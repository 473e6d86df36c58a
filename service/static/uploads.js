import { el } from "./dom.js";
import { JobProgress } from "./job-progress.js";
import { followJob, isSettled, sendFiles } from "./requests.js";
import { uploadWords as words } from "./shared-words.js";

/** A file on its way into a collection, as an item of a list. */
export class FileRow {
  constructor(file) {
    this.file = file;
    this.state = el("span", { class: "state" });
    this.bar = el("progress", { max: "1", value: "0", hidden: true, "aria-label": words.progressLabel(file.name) });
    this.more = el("div", { class: "upload-more" });
    this.root = el("li", { class: "upload" }, el("span", { class: "name", dir: "auto" }, file.name), this.state, this.bar, this.more);
    this.show({ status: "waiting" });
  }

  sending(share) {
    this.state.textContent = words.sent(share);
    this.bar.hidden = false;
    this.bar.value = share;
  }

  /** `file` is one of a job's, with its notes and, where it failed, the reason and a hint. */
  show({ status, error = null, notes = [], passages = 0 }) {
    this.status = status;
    this.root.dataset.status = status;
    this.state.textContent = fileState({ status, passages });
    this.bar.hidden = true;
    this.more.replaceChildren(...fileDetails(error, notes));
  }
}

/** What became of a file, and how many passages it gave. */
export const fileState = ({ status, passages }) => (words.status[status] ?? status) + (passages ? `, ${words.passages(passages)}` : "");

/** Why a file failed and what to do, or what was odd about it. */
export function fileDetails(error, notes) {
  const told = error ? [el("p", { class: "wrong" }, error.message), error.hint ? el("p", { class: "muted" }, error.hint) : ""] : [];
  return [...told, ...notes.map((note) => el("p", { class: "note" }, note))].filter(Boolean);
}

/**
 * Sends the files of the rows in one request and shows what becomes of each, until all are settled; never fails.
 * How far the reading is shows in `place`.
 */
export async function sendRows(rows, collection, place, signal = undefined) {
  const sending = (share) => rows.forEach((row) => row.sending(share));
  const draw = ({ files }) => files.forEach((file, index) => rows[index]?.show(file)); // they come back in the order sent
  let progress = null;
  sending(0);
  try {
    const job = await sendFiles(rows.map(({ file }) => ({ file, name: file.name })), collection, sending);
    draw(job);
    progress = new JobProgress(job, (error) => progress.text.replaceChildren(error.detail || error.message));
    place.append(progress.root);
    const change = (now) => {
      draw(now);
      progress.show(now);
    };
    const last = await followJob(job, change, signal);
    if (!isSettled(last)) rows.filter(({ status }) => ["queued", "running"].includes(status)).forEach((row) => row.show({ status: "unknown" }));
  } catch (error) {
    for (const row of rows) row.show({ status: "failed", error: { message: error.detail || error.message, hint: error.hint } });
  } finally {
    progress?.root.remove();
  }
}

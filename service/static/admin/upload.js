import { followJob, part, sendFiles } from "./api.js";
import { announce, button, byId, el } from "./dom.js";
import { chosenCollection } from "./picker.js";
import { words } from "./words.js";

const say = words.upload;
const MIB = 1024 ** 2;
const AT_ONCE = 20; // files in one request, so that a failure does not take hundreds with it

/** Takes files by drag and drop or by a button, and shows what becomes of each. */
export async function show(view) {
  const chosen = await chosenCollection(view, "upload");
  if (!chosen) return;
  const limitMb = Number(document.body.dataset.uploadLimitMb);
  const uploads = new Uploads(chosen.name, limitMb, view);
  const input = el("input", { type: "file", multiple: true, hidden: true, id: "files", "aria-label": say.choose });
  input.addEventListener("change", () => {
    uploads.take([...input.files]);
    input.value = ""; // so that the same file can be chosen again
  });
  view.root.replaceChildren(
    el("div", { class: "bar" }, chosen.picker),
    el("div", { class: "drop" }, el("p", {}, say.drop), button("primary", say.choose, () => input.click()), input, el("p", { class: "hint" }, say.intro), el("p", { class: "hint" }, say.limit(limitMb))),
    uploads.root,
  );
  acceptDrops((files) => uploads.take(files), view.signal);
}

class Uploads {
  constructor(collection, limitMb, view) {
    this.collection = collection;
    this.limitMb = limitMb;
    this.view = view;
    this.list = el("ul", { class: "uploads" });
    this.after = el(
      "div",
      { class: "buttons" },
      el("a", { class: "secondary", href: `#/documents/${part(collection)}` }, say.seeDocuments),
      button("plain", say.clear, () => {
        this.list.replaceChildren();
        this.root.hidden = true;
        this.view.heading.focus();
      }),
    );
    this.root = el("section", { hidden: true }, el("h2", {}, say.files), this.list, this.after);
    this.running = Promise.resolve();
    this.open = 0;
  }

  /** One batch is sent after the other. */
  take(files) {
    if (!files.length) return;
    const rows = files.map((file) => new FileRow(file));
    this.list.prepend(...rows.map((row) => row.root));
    this.root.hidden = false;
    this.open++;
    this.after.hidden = true;
    this.running = this.running.then(() => this.#send(rows));
  }

  async #send(rows) {
    const small = rows.filter((row) => row.fits(this.limitMb));
    for (const batch of batches(small, this.limitMb * MIB)) {
      for (const row of batch) row.sending(0);
      try {
        const job = await sendFiles(batch.map((row) => ({ file: row.file, name: row.file.name })), this.collection, (share) => {
          for (const row of batch) row.sending(share);
        });
        const draw = ({ files }) => files.forEach((file, index) => batch[index]?.show(file));
        draw(job);
        const last = await followJob(job, draw, this.view.signal);
        if (!this.view.signal.aborted) draw(last);
        for (const row of batch) row.settle();
      } catch (error) {
        for (const row of batch) row.show({ status: "failed", error: { message: error.detail || error.message, hint: error.hint } });
      }
    }
    const failed = rows.filter((row) => row.status === "failed").length;
    if (!this.view.signal.aborted) announce(say.done(rows.length - failed, failed));
    this.after.hidden = --this.open > 0;
  }
}

/** In the order given, no batch larger than the server takes: the parts of a form need some room too. */
function* batches(rows, limit) {
  let batch = [];
  let size = 0;
  for (const row of rows) {
    if (batch.length && (batch.length >= AT_ONCE || size + row.file.size > limit * 0.98)) {
      yield batch;
      [batch, size] = [[], 0];
    }
    batch.push(row);
    size += row.file.size;
  }
  if (batch.length) yield batch;
}

class FileRow {
  constructor(file) {
    this.file = file;
    this.state = el("span", { class: "state" });
    this.bar = el("progress", { max: "1", value: "0", hidden: true, "aria-label": say.progressLabel(file.name) });
    this.more = el("div", { class: "upload-more" });
    this.root = el("li", { class: "upload" }, el("span", { class: "name", dir: "auto" }, file.name), this.state, this.bar, this.more);
    this.show({ status: "waiting" });
  }

  fits(limitMb) {
    if (this.file.size <= limitMb * MIB) return true;
    const error = { message: say.tooLarge(Math.ceil(this.file.size / MIB), limitMb), hint: say.tooLargeHint };
    this.show({ status: "failed", error });
    return false;
  }

  sending(share) {
    this.state.textContent = say.sent(share);
    this.bar.hidden = false;
    this.bar.value = share;
  }

  /** `file` is one of a job's, with its notes and, where it failed, the reason and a hint. */
  show({ status, error = null, notes = [], passages = 0 }) {
    this.status = status;
    this.root.dataset.status = status;
    this.state.textContent = [say.status[status] ?? status, passages ? say.passages(passages) : ""].filter(Boolean).join(", ");
    this.bar.hidden = true;
    this.more.replaceChildren(...fileDetails(error, notes));
  }

  settle() {
    if (["queued", "running", "waiting"].includes(this.status)) this.show({ status: "unknown" });
  }
}

/** Why a file failed and what to do, or what was odd about it. */
export function fileDetails(error, notes) {
  const told = error ? [el("p", { class: "wrong" }, error.message), error.hint ? el("p", { class: "muted" }, error.hint) : ""] : [];
  return [...told, ...notes.map((note) => el("p", { class: "note" }, note))].filter(Boolean);
}

function acceptDrops(onFiles, signal) {
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  let depth = 0; // each child entered fires its own enter and leave
  const settle = () => document.body.classList.toggle("dragging", depth > 0);
  const enter = (by) => (event) => {
    if (!hasFiles(event)) return;
    depth = Math.max(0, depth + by);
    settle();
  };
  addEventListener("dragenter", enter(1), { signal });
  addEventListener("dragleave", enter(-1), { signal });
  addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault(), { signal });
  addEventListener(
    "drop",
    (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      depth = 0;
      settle();
      onFiles([...event.dataTransfer.files]);
      byId("heading")?.scrollIntoView({ block: "start" });
    },
    { signal },
  );
  signal.addEventListener("abort", () => document.body.classList.remove("dragging"));
}

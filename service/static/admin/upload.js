import { el } from "../dom.js";
import { acceptDrops } from "../drops.js";
import { part } from "../requests.js";
import { FileRow, sendRows } from "../uploads.js";
import { announce, button } from "./parts.js";
import { chosenCollection } from "./picker.js";
import { words } from "./words.js";

const say = words.upload;
const MIB = 1024 ** 2;
const AT_ONCE = 20; // files in one request, so that a failure does not take hundreds with it

/** Takes files by drag and drop or by a button, and shows what becomes of each. */
export async function show(view) {
  // At once: the browser would leave the page for a file that is dropped before it is known where it is to go.
  let take = () => announce(say.notYet);
  acceptDrops((files) => take(files), view.signal);
  const chosen = await chosenCollection(view, "upload");
  if (!chosen) {
    take = () => announce(words.noCollections);
    return;
  }
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
  take = (files) => {
    uploads.take(files);
    view.heading.scrollIntoView({ block: "start" });
  };
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
    this.progress = el("div");
    this.root = el("section", { hidden: true }, el("h2", {}, say.files), this.progress, this.list, this.after);
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
    const small = rows.filter((row) => this.#fits(row));
    for (const batch of batches(small, this.limitMb * MIB)) await sendRows(batch, this.collection, this.progress, this.view.signal);
    const taken = rows.filter((row) => ["added", "changed", "unchanged"].includes(row.status)).length;
    if (!this.view.signal.aborted) announce(say.done(taken, rows.length - taken));
    this.after.hidden = --this.open > 0;
  }

  #fits(row) {
    if (row.file.size <= this.limitMb * MIB) return true;
    const error = { message: say.tooLarge(Math.ceil(row.file.size / MIB), this.limitMb), hint: say.tooLargeHint };
    row.show({ status: "failed", error });
    return false;
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

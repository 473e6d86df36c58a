import { byId, el } from "../dom.js";
import { strings } from "../strings.js";
import { FileRow, sendRows } from "../uploads.js";
import { announce } from "./panel.js";

/** Sends files and follows what becomes of each. */
export class Uploads {
  constructor() {
    this.section = byId("uploads");
    this.list = byId("upload-list");
    this.clear = el("button", { type: "button", class: "plain", hidden: true, onclick: () => this.#forget() }, strings.clearUploads);
    this.progress = el("div");
    this.list.before(this.progress);
    this.section.append(this.clear);
    this.open = 0;
  }

  /** Resolves when every file of this batch is settled. */
  async send(files, collection) {
    const rows = files.map((file) => new FileRow(file));
    this.list.prepend(...rows.map((row) => row.root));
    this.section.hidden = false;
    this.open++;
    this.clear.hidden = true;
    await sendRows(rows, collection, this.progress);
    const failed = rows.filter((row) => row.status === "failed").length;
    announce(strings.uploadDone(rows.filter((row) => ["added", "changed"].includes(row.status)).length, failed));
    this.open--;
    this.clear.hidden = this.open > 0;
  }

  #forget() {
    this.list.replaceChildren();
    this.section.hidden = true;
    byId("documents-title").focus();
  }
}

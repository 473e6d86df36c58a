import { strings } from "../strings.js";
import { requestJson } from "./api.js";
import { announce, byId, el } from "./dom.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5000;
const TRIES_WITHOUT_NETWORK = 8;

/** Sends files and follows what becomes of each. */
export class Uploads {
  constructor() {
    this.section = byId("uploads");
    this.list = byId("upload-list");
    this.clear = el("button", { type: "button", class: "plain", hidden: true, onclick: () => this.#forget() }, strings.clearUploads);
    this.section.append(this.clear);
    this.open = 0;
  }

  /** Resolves when every file of this batch is settled. */
  async send(files, collection) {
    const rows = files.map((file) => new FileRow(file.name));
    this.list.prepend(...rows.map((row) => row.root));
    this.section.hidden = false;
    this.open++;
    this.clear.hidden = true;
    const form = new FormData();
    form.append("collection", collection);
    for (const file of files) form.append("files", file, file.name);
    try {
      const job = await requestJson("/v1/documents", { method: "POST", body: form });
      show(job, rows);
      await follow(job, rows);
    } catch (error) {
      for (const row of rows) row.fail(error);
    }
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

class FileRow {
  constructor(name) {
    this.name = name;
    this.state = el("span", { class: "state" });
    this.trouble = el("p", { class: "wrong", hidden: true });
    this.root = el("li", { class: "upload" }, el("span", { class: "name", dir: "auto" }, name), this.state, this.trouble);
    this.show("uploading");
  }

  show(status, error = null) {
    this.status = status;
    this.root.dataset.status = status;
    this.state.textContent = strings.fileStatus[status] ?? status;
    this.trouble.hidden = !error;
    this.trouble.textContent = error ? [error.message, error.hint].filter(Boolean).join(" ") : "";
  }

  fail(error) {
    this.show("failed", { message: error.detail || error.message, hint: error.hint });
  }
}

const settled = (job) => !["queued", "running"].includes(job.status);

async function follow(job, rows) {
  let wait = FIRST_WAIT_MS;
  let missed = 0;
  while (!settled(job)) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    wait = Math.min(wait * 1.25, LONGEST_WAIT_MS);
    try {
      job = await requestJson(`/v1/jobs/${encodeURIComponent(job.id)}`);
      missed = 0;
      show(job, rows);
    } catch (error) {
      // The job goes on without us; a short outage must not look like a failed file.
      if (error.status) throw error;
      if (++missed > TRIES_WITHOUT_NETWORK) {
        for (const row of rows) if (!["added", "changed", "unchanged", "failed"].includes(row.status)) row.show("unknown");
        return;
      }
    }
  }
}

// Files come back in the order sent; where the count differs, by name.
function show(job, rows) {
  for (const [index, row] of rows.entries()) {
    const file = job.files.length === rows.length ? job.files[index] : job.files.find(({ name }) => name === row.name);
    if (file) row.show(file.status, file.error);
  }
}

import { el } from "../dom.js";
import { followJob, get, isSettled, part } from "../requests.js";
import { uploadWords } from "../shared-words.js";
import { fileDetails, fileState } from "../uploads.js";
import { facts, failure } from "./parts.js";
import { when, words } from "./words.js";

const say = words.jobs;

/** The latest uploads. They run one after the other: the one at work is followed, then the list is read again. */
export async function show(view) {
  const list = el("ol", { class: "cards jobs" });
  view.root.replaceChildren(el("p", { class: "intro" }, say.intro), list);
  const open = new Set();
  while (!view.signal.aborted) {
    const { jobs } = await get("/v1/admin/jobs", {}, view.signal);
    if (!jobs.length) {
      view.root.append(el("p", { class: "nothing" }, say.none));
      return;
    }
    list.replaceChildren(...jobs.map((job) => row(job, open)));
    const next = jobs.findLast((job) => !isSettled(job));
    if (!next) return;
    const draw = (job) => list.querySelector(`[data-job="${CSS.escape(job.id)}"]`)?.replaceWith(row(job, open));
    const last = await followJob(next, draw, view.signal);
    if (!isSettled(last)) {
      if (!view.signal.aborted) view.root.prepend(failure(new Error(uploadWords.status.unknown), view.again));
      return;
    }
  }
}

function row(job, open) {
  const done = job.files.filter(({ status }) => !["queued", "running"].includes(status)).length;
  const wrong = job.files.some((file) => file.error || file.notes.length);
  const details = el(
    "details",
    { open: open.has(job.id) || !isSettled(job) || (wrong && job.files.length <= 20) },
    el("summary", {}, `${say.files} (${say.summary(done, job.files.length)})`),
    el("ul", { class: "uploads" }, job.files.map(fileRow)),
  );
  details.addEventListener("toggle", () => (details.open ? open.add(job.id) : open.delete(job.id)));
  return el(
    "li",
    { class: "card job", "data-job": job.id, "data-status": job.status },
    el("h2", {}, when(job.created_at), " ", el("span", { class: `state ${job.status}` }, say.status[job.status] ?? job.status)),
    facts(el("a", { href: `#/documents/${part(job.collection)}` }, say.into(job.collection)), say.summary(done, job.files.length)),
    isSettled(job) ? null : el("progress", { max: String(job.files.length), value: String(done), "aria-label": say.summary(done, job.files.length) }),
    details,
  );
}

function fileRow(file) {
  return el(
    "li",
    { class: "upload", "data-status": file.status },
    el("span", { class: "name", dir: "auto" }, file.name),
    el("span", { class: "state" }, fileState(file)),
    el("div", { class: "upload-more" }, fileDetails(file.error, file.notes)),
  );
}

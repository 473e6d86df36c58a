import { el } from "../dom.js";
import { JobProgress } from "../job-progress.js";
import { followJob, get, isSettled, part, put } from "../requests.js";
import { announce, button, copyBox, facts, failure, field } from "./parts.js";
import { chosenCollection } from "./picker.js";
import { words } from "./words.js";

const say = words.sources;

/** The places that a collection's documents came from, and how each is brought up to date. */
export async function show(view) {
  const chosen = await chosenCollection(view, "sources");
  if (!chosen) return;
  const { sources } = await get(`/v1/admin/collections/${part(chosen.name)}/sources`, {}, view.signal);
  view.root.replaceChildren(
    el("div", { class: "bar" }, chosen.picker),
    el("p", { class: "intro" }, say.intro),
    sources.length ? el("ul", { class: "cards" }, sources.map((source) => card(source, chosen.name, view))) : el("p", { class: "nothing" }, say.none),
    newSource(chosen.name, view),
  );
}

function card(source, collection, view) {
  const name = source.place || say.kinds[source.kind];
  const at = el("div");
  const sync = button("secondary", say.sync, () => follow(at, sync, { collection, sources: source.sync }, name, view), { "aria-label": say.syncLabel(name) });
  return el(
    "li",
    { class: "card" },
    el("h2", {}, el("bdi", {}, name)),
    facts(source.kind === "uploads" ? say.uploads : say.kinds[source.kind], say.documents(source.documents), say.passages(source.passages), say.latest(source.latest)),
    source.is_there === false ? el("p", { class: "note" }, say.missing) : null,
    source.sync.length ? el("div", { class: "buttons" }, sync) : null,
    at,
    source.command && source.is_there ? el("details", {}, el("summary", {}, say.command), copyBox(source.command, say.copyLabel(name))) : null,
    source.kind === "uploads" ? el("a", { class: "secondary", href: `#/upload/${part(collection)}` }, say.uploadMore) : null,
  );
}

/** Starts a sync and shows how far it is in `at`; then the section is drawn anew. */
async function follow(at, starter, request, name, view) {
  starter.disabled = true;
  at.replaceChildren();
  const trouble = (error) => at.prepend(failure(error));
  try {
    const job = await put("POST", "/v1/admin/sync", request);
    const progress = new JobProgress(job, trouble);
    at.append(progress.root);
    const last = await followJob(job, (now) => progress.show(now), view.signal);
    if (view.signal.aborted) return;
    if (last.error) throw Object.assign(new Error(last.error.message), { detail: last.error.message, hint: last.error.hint });
    const failed = last.files.filter(({ status }) => status === "failed");
    if (!isSettled(last)) announce(say.goesOn);
    else announce(say.synced(name, last.counts));
    if (failed.length) at.replaceChildren(failures(failed, last.counts.failed));
    else await view.again();
  } catch (error) {
    at.replaceChildren();
    trouble(error);
  } finally {
    starter.disabled = false;
  }
}

function failures(failed, count) {
  const rows = failed.slice(0, 10).map((file) => el("li", { class: "upload" }, el("span", { class: "name", dir: "auto" }, file.name), el("div", { class: "upload-more" }, el("p", { class: "wrong" }, file.error.message), el("p", { class: "muted" }, file.error.hint))));
  return el("div", {}, el("p", { class: "wrong" }, say.failed(count)), el("ul", { class: "uploads" }, rows), el("a", { href: "#/jobs" }, say.seeJobs));
}

function newSource(collection, view) {
  const input = el("input", { type: "text", name: "source", required: true, autocomplete: "off", spellcheck: "false", dir: "ltr" });
  const at = el("div");
  const start = el("button", { type: "submit", class: "primary" }, say.take);
  const form = el("form", { class: "panel", novalidate: true }, el("h2", {}, say.newTitle), field(say.newLabel, input, say.newHint), start, at, el("p", { class: "label" }, say.newText), copyBox(say.newCommand(collection), say.copyLabel(say.newTitle)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const place = input.value.trim();
    if (place) follow(at, start, { collection, sources: [place] }, place, view);
    else input.focus();
  });
  return form;
}

import { el } from "../dom.js";
import { get, part } from "../requests.js";
import { copyBox, facts } from "./parts.js";
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
    sources.length ? el("ul", { class: "cards" }, sources.map((source) => card(source, chosen.name))) : el("p", { class: "nothing" }, say.none),
    el("section", { class: "panel" }, el("h2", {}, say.newTitle), el("p", {}, say.newText), copyBox(say.newCommand(chosen.name), say.copyLabel(say.newTitle))),
  );
}

function card(source, collection) {
  const name = source.place || say.kinds[source.kind];
  return el(
    "li",
    { class: "card" },
    el("h2", {}, el("bdi", {}, name)),
    facts(source.kind === "uploads" ? say.uploads : say.kinds[source.kind], say.documents(source.documents), say.passages(source.passages), say.latest(source.latest)),
    source.is_there === false ? el("p", { class: "note" }, say.missing) : null,
    source.command && source.is_there ? el("div", { class: "command" }, el("p", { class: "label" }, say.command), copyBox(source.command, say.copyLabel(name))) : null,
    source.kind === "uploads" ? el("a", { class: "secondary", href: `#/upload/${part(collection)}` }, say.uploadMore) : null,
  );
}

import { el } from "../dom.js";
import { get, part, put, remove } from "../requests.js";
import { confirmDelete } from "./ask.js";
import { announce, button, field, table } from "./parts.js";
import { plainNumber, when, words } from "./words.js";

const say = words.collections;

/** All collections, a form for a new one, and their end. */
export async function show(view) {
  const { collections } = await get("/v1/collections", {}, view.signal);
  view.root.replaceChildren(el("p", { class: "intro" }, say.intro), list(collections, view), form(view));
}

function list(collections, view) {
  if (!collections.length) return el("p", { class: "nothing" }, words.noCollections);
  const columns = [
    { label: say.name, heads: true },
    { label: say.documents, kind: "number" },
    { label: say.passages, kind: "number" },
    { label: say.encoder, kind: "words" },
    { label: say.created },
    { label: say.actions, kind: "actions" },
  ];
  const rows = collections.map((one) => ({
    cells: [
      el("a", { href: `#/documents/${part(one.name)}` }, one.name),
      plainNumber(one.documents),
      plainNumber(one.passages),
      one.encoder,
      when(one.created_at),
      [
        el("a", { class: "quiet", href: `#/upload/${part(one.name)}`, "aria-label": say.uploadLabel(one.name) }, say.upload),
        el("a", { class: "quiet", href: `/v1/collections/${part(one.name)}/export`, download: "", "aria-label": say.exportLabel(one.name) }, say.export),
        button("quiet", say.reindex, () => reindex(one), { "aria-label": say.reindexLabel(one.name) }),
        button("quiet delete", words.delete, () => end(one, view), { "aria-label": say.deleteLabel(one.name) }),
      ],
    ],
  }));
  return table(words.sections.collections, columns, rows);
}

async function reindex(one) {
  try {
    await put("POST", `/v1/collections/${part(one.name)}/reindex`, {});
    announce(say.reindexBegun(one.name));
  } catch (error) {
    announce([error.detail ?? error.message, error.hint].filter(Boolean).join(" "));
  }
}

async function end(one, view) {
  const gone = await confirmDelete(say.deleteTitle(one.name), say.deleteText(one.documents), () => remove(`/v1/collections/${part(one.name)}`));
  if (!gone) return;
  announce(say.deleted(one.name));
  await view.again();
  document.getElementById("heading")?.focus();
}

function form(view) {
  const input = el("input", { type: "text", name: "name", required: true, maxlength: "64", autocomplete: "off", spellcheck: "false" });
  const trouble = el("p", { class: "wrong", role: "alert" });
  const made = el(
    "form",
    { class: "panel", novalidate: true },
    el("h2", {}, say.new),
    field(say.nameLabel, input, say.nameHint),
    trouble,
    el("button", { type: "submit", class: "primary" }, say.create),
  );
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    trouble.textContent = "";
    try {
      await put("POST", "/v1/collections", { name: input.value.trim() });
      announce(say.createdNow(input.value.trim()));
      await view.again();
    } catch (error) {
      trouble.textContent = [error.detail, error.hint].filter(Boolean).join(" ");
      input.focus();
    }
  });
  return made;
}

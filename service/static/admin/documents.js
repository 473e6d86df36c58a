import { el, hidden } from "../dom.js";
import { mediaTypes } from "../media-types.js";
import { followJob, get, part, remove, sendFiles } from "../requests.js";
import { confirmDelete } from "./ask.js";
import { announce, button, facts, failure, pageLink, table } from "./parts.js";
import { chosenCollection } from "./picker.js";
import { languageName, languageTag, plainNumber, when, words } from "./words.js";

const say = words.documents;
const PAGE = 50;
const TYPING_MS = 250;

const viewAddress = (one, collection) => `/view/${part(one.id)}?${new URLSearchParams({ collection })}`;

/** The documents of a collection: searched, put in order, looked at, replaced and deleted. */
export async function show(view) {
  const chosen = await chosenCollection(view, "documents");
  if (!chosen) return;
  const list = new List(view, chosen.name);
  const order = el("select", { id: "order", onchange: () => list.load() }, Object.entries(say.orders).map(([value, label]) => el("option", { value }, label)));
  const search = el("input", { type: "search", id: "search", autocomplete: "off", maxlength: "200" });
  search.value = view.query.get("search") ?? "";
  let typing = 0;
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => list.load(), TYPING_MS);
  });
  list.search = search;
  list.order = order;
  view.root.replaceChildren(
    el(
      "div",
      { class: "bar" },
      chosen.picker,
      el("label", { class: "inline-field wide" }, el("span", {}, say.search), search),
      el("label", { class: "inline-field" }, el("span", {}, say.order), order),
      el("a", { class: "primary", href: `#/upload/${part(chosen.name)}` }, say.upload),
    ),
    list.count,
    list.root,
  );
  await list.load();
}

class List {
  constructor(view, collection) {
    this.view = view;
    this.collection = collection;
    this.root = el("div", { class: "list" });
    this.count = el("p", { class: "muted count", role: "status" });
    this.loads = 0;
  }

  async load(shown = PAGE) {
    const mine = ++this.loads; // an answer that a newer search has overtaken is dropped
    try {
      const query = { search: this.search.value.trim(), order: this.order.value, limit: Math.min(shown, 500) };
      const { documents, total } = await get(`/v1/admin/collections/${part(this.collection)}/documents`, query, this.view.signal);
      if (mine === this.loads) this.#draw(documents, total, query.search);
    } catch (error) {
      if (error.name !== "AbortError") this.root.replaceChildren(failure(error, () => this.load(shown)));
    }
  }

  #draw(documents, total, search) {
    this.shown = documents.length;
    this.count.textContent = total ? say.shown(documents.length, total) : "";
    if (!total) {
      this.root.replaceChildren(el("p", { class: "nothing" }, search ? say.noneFound(search) : say.none));
      return;
    }
    const columns = [
      { label: say.titleColumn, heads: true },
      { label: say.state },
      { label: say.pages, kind: "number" },
      { label: say.passages, kind: "number" },
      { label: say.language },
      { label: say.added },
      { label: say.actions, kind: "actions" },
    ];
    const drawn = table(words.sections.documents, columns, documents.map((one) => ({ cells: this.#cells(one) })));
    const more = documents.length < total && documents.length < 500 ? button("secondary more", words.more, () => this.load(documents.length + PAGE)) : "";
    this.root.replaceChildren(drawn, more);
  }

  #cells(one) {
    const link = pageLink(viewAddress(one, this.collection), { class: "name", dir: "auto", lang: languageTag(one.language) }, one.title);
    const scheme = one.uri.split(":")[0];
    const origin = say.origins[scheme] ?? scheme;
    const title = [link, facts(mediaTypes[one.media_type] ?? one.media_type, el("bdi", { title: one.uri }, `${origin}: ${shortAddress(one.uri)}`)), this.#troubles(one)];
    return [
      title,
      el("span", { class: `state ${one.state}` }, say.states[one.state] ?? one.state),
      one.pages ? plainNumber(one.pages) : say.noPages,
      plainNumber(one.passages),
      one.language ? languageName(one.language) : words.unknown,
      when(one.ingested_at),
      this.#actions(one, scheme),
    ];
  }

  #troubles(one) {
    const shown = [
      one.error ? `${one.error.message} ${one.error.hint} ${say.outdated}` : null,
      one.passages ? null : say.noPassages,
      ...(one.findings ? this.#findings(one) : withoutFindings(one)),
    ].filter(Boolean);
    return shown.length ? el("ul", { class: "troubles" }, shown.map((text) => el("li", {}, text))) : null;
  }

  /** Each finding in a few words that lead to all of them, and what else was noted. */
  #findings(one) {
    const address = `#/quality/${part(this.collection)}?${new URLSearchParams({ document: one.id })}`;
    const links = one.findings.map(({ code, message, pages }) =>
      el("a", { href: address, title: message }, say.finding(words.quality.codes[code] ?? code, pages.length), hidden(say.ofDocument(one.title))),
    );
    const told = one.findings.map(({ message }) => message);
    const thin = one.thin && !one.findings.some(({ code }) => ["pages_without_text", "little_text"].includes(code)) ? say.thin : null;
    return [...links, thin, ...one.notes.filter((note) => !told.includes(note) && !note.startsWith("No text on"))];
  }

  #actions(one, scheme) {
    return [
      pageLink(viewAddress(one, this.collection), { class: "quiet", "aria-label": `${say.viewLabel(one.title)} ${words.newTab}` }, say.view),
      scheme === "upload" ? button("quiet", say.replace, () => this.#replace(one), { "aria-label": say.replaceLabel(one.title) }) : null,
      button("quiet delete", words.delete, () => this.#delete(one, scheme), { "aria-label": say.deleteLabel(one.title) }),
    ];
  }

  async #delete(one, scheme) {
    const text = scheme === "file" ? say.deleteSynced(one.title) : say.deleteText(one.title);
    const address = `/v1/documents/${part(one.id)}?${new URLSearchParams({ collection: this.collection })}`;
    const row = document.activeElement?.closest("tr");
    const index = row ? [...row.parentElement.children].indexOf(row) : 0;
    if (!(await confirmDelete(say.deleteTitle, text, () => remove(address)))) return;
    announce(say.deleted(one.title));
    await this.load(Math.max(PAGE, this.shown));
    const left = this.root.querySelectorAll(".delete");
    (left[Math.min(index, left.length - 1)] ?? this.view.heading).focus();
  }

  /** Sends the chosen file under the name that the document has, so that it takes its place. */
  #replace(one) {
    const input = el("input", { type: "file", hidden: true });
    input.addEventListener("change", async () => {
      const [file] = input.files;
      input.remove();
      if (!file) return;
      announce(say.replacing(one.title));
      try {
        const job = await sendFiles([{ file, name: one.uri.slice("upload:".length) }], this.collection, () => {});
        await this.load(Math.max(PAGE, this.shown));
        const { files } = await followJob(job, () => {}, this.view.signal);
        if (this.view.signal.aborted) return;
        announce(say.replaced[files[0].status] ?? files[0].error?.message ?? "");
        await this.load(Math.max(PAGE, this.shown));
      } catch (error) {
        this.root.prepend(failure(error));
      }
    });
    document.body.append(input);
    input.click();
  }
}

/** What can be said of a document that was taken in by an earlier version. */
function withoutFindings(one) {
  const withoutText = one.pages_without_text ? say.withoutText(one.pages_without_text, one.pages) : null;
  // The server's own note on pages without text says which: it takes the place of the count.
  const noted = one.notes.some((note) => note.startsWith("No text on"));
  return [noted ? null : withoutText, one.thin ? say.thin : null, ...one.notes];
}

/** The end of an address, which tells more than its beginning. */
function shortAddress(uri) {
  const rest = uri.replace(/^(upload:|file:\/\/)/, "");
  try {
    return decodeURIComponent(rest);
  } catch {
    return rest;
  }
}

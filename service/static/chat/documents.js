import { byId, el, hidden } from "../dom.js";
import { acceptDrops } from "../drops.js";
import { mediaTypes } from "../media-types.js";
import { get, part, remove as removeAt } from "../requests.js";
import { strings } from "../strings.js";
import { announce } from "./panel.js";

/** The panel that lists, takes in and deletes the documents of a collection. */
export class Documents {
  #shown = "";

  constructor(collections, uploads, onChange) {
    this.collections = collections;
    this.uploads = uploads;
    this.onChange = onChange;
    this.dialog = byId("documents");
    this.list = byId("document-list");
    this.heading = byId("list-title");
    this.input = byId("files");
    byId("close-documents").addEventListener("click", () => this.dialog.close());
    byId("choose-files").addEventListener("click", () => this.input.click());
    this.input.addEventListener("change", () => {
      this.take([...this.input.files]);
      this.input.value = ""; // so that the same file can be chosen again
    });
    // The dialog fills its box with padding 0, so a click on the dialog itself is one on the backdrop.
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
    acceptDrops((files) => {
      this.open();
      this.take(files);
    });
  }

  open() {
    if (!this.dialog.open) this.dialog.showModal();
    byId("documents-title").focus();
    this.refresh();
  }

  async take(files) {
    if (!files.length) return;
    await this.uploads.send(files, this.collections.current);
    await this.refresh();
    this.onChange();
  }

  async refresh() {
    const collection = this.collections.current;
    if (!this.list.childElementCount) this.list.replaceChildren(el("p", { class: "muted" }, strings.loading));
    try {
      const { documents, total } = await get("/v1/documents", { collection });
      if (collection !== this.collections.current) return;
      this.#show(documents, total, collection);
    } catch (error) {
      this.#shown = "";
      this.heading.textContent = strings.listTitle(0, 0);
      this.list.replaceChildren(
        el("p", { class: "wrong" }, `${strings.listFailed} ${error.detail}`),
        el("button", { type: "button", class: "secondary", onclick: () => this.refresh() }, strings.retry),
      );
    }
  }

  #show(documents, total, collection) {
    // What is on the page stays where nothing changed: somebody may be about to press one of its buttons.
    const shown = JSON.stringify([documents, total, collection]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.heading.textContent = strings.listTitle(documents.length, total ?? documents.length);
    if (!documents.length) {
      this.list.replaceChildren(el("p", { class: "muted" }, strings.listEmpty));
      return;
    }
    this.list.replaceChildren(el("ul", { class: "documents" }, ...documents.map((one) => this.#row(one, collection))));
  }

  #row(one, collection) {
    const facts = [
      mediaTypes[one.media_type] ?? one.media_type,
      one.pages ? strings.pages(one.pages) : null,
      strings.passages(one.passages),
      strings.added(one.ingested_at),
    ].filter(Boolean);
    const row = el("li", { class: "document" });
    const remove = el("button", { type: "button", class: "quiet delete", "aria-label": strings.deleteLabel(one.title) }, strings.delete);
    const confirm = el("div", { class: "confirm", hidden: true });
    remove.addEventListener("click", () => this.#confirm(row, remove, confirm, one, collection));
    const href = `/view/${part(one.id)}?${new URLSearchParams({ collection })}`;
    const link = el("a", { href, target: "_blank", rel: "noopener", dir: "auto", lang: one.language }, one.title, hidden(strings.newTab));
    row.append(
      el("div", { class: "document-main" }, el("p", { class: "document-title" }, link), el("p", { class: "facts" }, ...facts.map((fact) => el("span", {}, fact)))),
      remove,
      confirm,
    );
    return row;
  }

  #confirm(row, remove, confirm, one, collection) {
    const close = () => {
      confirm.hidden = true;
      remove.hidden = false;
      remove.focus();
    };
    const text = el("p", { id: `confirm-${one.id}` }, strings.deleteConfirm);
    const yes = el("button", { type: "button", class: "danger", "aria-describedby": text.id }, strings.delete);
    const no = el("button", { type: "button", class: "secondary", onclick: close }, strings.keep);
    yes.addEventListener("click", async () => {
      yes.disabled = no.disabled = true;
      try {
        await removeAt(`/v1/documents/${part(one.id)}?${new URLSearchParams({ collection })}`);
      } catch (error) {
        confirm.replaceChildren(el("p", { class: "wrong" }, `${strings.deleteFailed} ${error.detail} ${error.hint}`), no);
        no.disabled = false;
        no.focus();
        return;
      }
      announce(strings.deleted(one.title));
      const index = [...row.parentElement.children].indexOf(row);
      await this.refresh();
      const left = this.list.querySelectorAll(".delete");
      (left[Math.min(index, left.length - 1)] ?? byId("documents-title")).focus();
      this.onChange();
    });
    confirm.replaceChildren(text, yes, no);
    confirm.hidden = false;
    remove.hidden = true;
    no.focus();
  }
}

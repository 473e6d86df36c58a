import { el } from "../dom.js";
import { get, part, remove } from "../requests.js";
import { confirmDelete } from "./ask.js";
import { announce, button, copyBox, facts } from "./parts.js";
import { siteForm } from "./site-form.js";
import { words } from "./words.js";

const say = words.sites;

/** The sites that may show the widget; `#/sites/new` and `#/sites/ID` are the form. */
export async function show(view) {
  const [id] = view.path;
  if (!id) return list(view);
  const [{ collections }, site] = await Promise.all([
    get("/v1/collections", {}, view.signal),
    id === "new" ? null : get(`/v1/admin/sites/${part(id)}`, {}, view.signal),
  ]);
  view.heading.textContent = site ? site.name : say.newTitle;
  const form = siteForm(site, collections.map(({ name }) => name), (saved) => {
    announce(site ? say.saved : say.created);
    if (!site) location.hash = `#/sites/${part(saved.id)}`;
    else {
      view.heading.textContent = saved.name;
      reload();
    }
  });
  const { root, reload } = site ? preview(site) : { root: null, reload: () => {} };
  const back = el("a", { href: "#/sites", class: "back" }, say.back);
  const beside = site ? el("div", { class: "beside" }, embedding(site), root) : null;
  view.root.replaceChildren(back, el("div", { class: beside ? "two" : "" }, form, beside));
}

async function list(view) {
  const { sites } = await get("/v1/admin/sites", {}, view.signal);
  view.root.replaceChildren(
    el("p", { class: "intro" }, say.intro),
    el("div", { class: "bar" }, el("a", { class: "primary", href: "#/sites/new" }, say.new)),
    sites.length ? el("ul", { class: "cards" }, sites.map((site) => card(site, view))) : el("p", { class: "nothing" }, say.none),
  );
}

function card(site, view) {
  const end = async () => {
    if (!(await confirmDelete(say.deleteTitle(site.name), say.deleteText, () => remove(`/v1/admin/sites/${part(site.id)}`)))) return;
    announce(say.deleted(site.name));
    await view.again();
    document.getElementById("heading")?.focus();
  };
  return el(
    "li",
    { class: "card" },
    el("h2", {}, el("a", { href: `#/sites/${part(site.id)}`, dir: "auto" }, site.name)),
    facts(site.collection, site.origins.length ? say.origins(site.origins.length) : null, el("code", {}, site.id)),
    site.origins.length ? el("ul", { class: "origins" }, site.origins.map((origin) => el("li", {}, origin))) : el("p", { class: "note" }, say.noOrigins),
    el(
      "div",
      { class: "buttons" },
      el("a", { class: "secondary", href: `#/sites/${part(site.id)}`, "aria-label": say.editLabel(site.name) }, say.edit),
      button("quiet delete", words.delete, end, { "aria-label": `${words.delete} ${site.name}` }),
    ),
  );
}

/** What goes into the pages, and how to test one. */
function embedding(site) {
  const server = (document.body.dataset.publicUrl || location.origin).replace(/\/+$/, "");
  const tag = `<script src="${server}/widget.js" data-site="${site.id}" defer></script>`;
  const origin = site.origins.find((one) => !one.includes("*")) ?? "https://www.example.org";
  const check = `footnoted doctor --origin ${origin} --server ${server} --site ${site.id}`;
  return el(
    "section",
    { class: "panel" },
    el("h2", {}, say.tag),
    el("p", { class: "hint" }, say.tagHint),
    copyBox(tag, say.copyTag),
    el("h2", {}, say.check),
    el("p", { class: "hint" }, say.checkHint),
    copyBox(check, say.copyCheck),
  );
}

function preview(site) {
  const address = `/admin/preview/${part(site.id)}`;
  const frame = el("iframe", { src: address, title: say.previewTitle(site.name) });
  const root = el("section", { class: "panel preview" }, el("h2", {}, say.preview), el("p", { class: "hint" }, say.previewHint), frame);
  return { root, reload: () => frame.contentWindow.location.replace(address) };
}

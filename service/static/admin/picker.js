import { el } from "../dom.js";
import { get } from "../requests.js";
import { words } from "./words.js";

const KEY = "footnoted.admin.collection";

/**
 * The collection of a section's address, or the one looked at last. Gives its name and a select that leads to
 * the others; null, with a word on what to do, where there is none at all.
 */
export async function chosenCollection(view, section) {
  const { collections } = await get("/v1/collections", {}, view.signal);
  if (!collections.length) {
    view.root.replaceChildren(el("p", { class: "nothing" }, words.noCollections, " ", el("a", { href: "#/collections" }, words.toCollections)));
    return null;
  }
  const names = collections.map(({ name }) => name);
  const asked = view.path[0] ?? sessionStorage.getItem(KEY) ?? "default";
  const name = names.includes(asked) ? asked : names[0];
  sessionStorage.setItem(KEY, name);
  const select = el(
    "select",
    { id: "collection", onchange: () => (location.hash = `#/${section}/${encodeURIComponent(select.value)}`) },
    names.map((one) => el("option", { value: one, selected: one === name }, one)),
  );
  return { name, picker: el("label", { class: "inline-field" }, el("span", {}, words.collection), select) };
}

import { el } from "../dom.js";
import { part, put } from "../requests.js";
import { field } from "./parts.js";
import { words } from "./words.js";

const say = words.sites.fields;
const ACCENT = "#24489b";

const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);
const area = (id, rows, value) => {
  const made = el("textarea", { id, rows: String(rows), spellcheck: "false" });
  made.value = value;
  return made;
};
const text = (id, value) => {
  const made = el("input", { type: "text", id, autocomplete: "off", maxlength: "200" });
  made.value = value ?? "";
  return made;
};
const choice = (id, options, value) => el("select", { id }, options.map(([name, label]) => el("option", { value: name, selected: name === value }, label)));

/** The settings of a site, or of a new one where `site` is null; `onSaved` is given the site as it is kept. */
export function siteForm(site, collections, onSaved) {
  const look = site?.look ?? { position: "right", suggestions: [], takes_feedback: true };
  const controls = {
    name: text("site-name", site?.name),
    collection: choice("site-collection", collectionsOf(collections, site), site?.collection ?? "default"),
    origins: area("site-origins", 3, (site?.origins ?? []).join("\n")),
    title: text("site-title", look.title),
    greeting: area("site-greeting", 3, look.greeting ?? ""),
    suggestions: area("site-suggestions", 3, look.suggestions.join("\n")),
    placeholder: text("site-placeholder", look.placeholder),
    language: choice("site-language", languagesOf(look.language), look.language ?? ""),
    ownAccent: el("input", { type: "checkbox", id: "site-own-accent", checked: Boolean(look.accent) }),
    accent: el("input", { type: "color", id: "site-accent", value: look.accent ?? ACCENT, "aria-label": say.accent }),
    position: choice("site-position", Object.entries(say.positions), look.position),
    feedback: el("input", { type: "checkbox", id: "site-feedback", checked: look.takes_feedback }),
  };
  const trouble = el("p", { class: "wrong", role: "alert" });
  const told = el("p", { class: "saved", role: "status" });
  const form = el("form", { class: "panel site-form", novalidate: true }, ...fields(controls), trouble, told, el("button", { type: "submit", class: "primary" }, words.save));
  form.addEventListener("input", () => (told.textContent = ""));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    trouble.textContent = told.textContent = "";
    try {
      const saved = await save(site, controls);
      controls.origins.value = saved.origins.join("\n"); // as the server writes them
      told.textContent = site ? words.sites.saved : words.sites.created;
      onSaved(saved);
    } catch (error) {
      trouble.textContent = [error.detail, error.hint].filter(Boolean).join(" ");
    }
  });
  return form;
}

const save = (site, controls) => put(site ? "PUT" : "POST", `/v1/admin/sites${site ? `/${part(site.id)}` : ""}`, values(controls));

function values(controls) {
  return {
    name: controls.name.value.trim(),
    collection: controls.collection.value,
    origins: lines(controls.origins.value),
    look: {
      title: controls.title.value.trim(),
      greeting: controls.greeting.value.trim(),
      suggestions: lines(controls.suggestions.value),
      placeholder: controls.placeholder.value.trim() || null,
      language: controls.language.value || null,
      accent: controls.ownAccent.checked ? controls.accent.value : null,
      position: controls.position.value,
      takes_feedback: controls.feedback.checked,
    },
  };
}

function fields(controls) {
  const accent = el("div", { class: "field" }, el("label", { class: "check" }, controls.ownAccent, say.ownAccent), controls.accent);
  const showAccent = () => (controls.accent.hidden = !controls.ownAccent.checked);
  controls.ownAccent.addEventListener("change", showAccent);
  showAccent();
  return [
    field(say.name, controls.name, say.nameHint),
    field(say.collection, controls.collection),
    field(say.origins, controls.origins, say.originsHint),
    el(
      "fieldset",
      {},
      el("legend", {}, say.appearance),
      field(say.title, controls.title, say.titleHint),
      field(say.greeting, controls.greeting),
      field(say.suggestions, controls.suggestions, say.suggestionsHint),
      field(say.placeholder, controls.placeholder, say.placeholderHint),
      el("div", { class: "pair" }, field(say.language, controls.language), field(say.position, controls.position)),
      accent,
      el("label", { class: "check" }, controls.feedback, say.feedback),
    ),
  ];
}

/** A site may name a collection that is not there (yet), and a language that has no translation here. */
function collectionsOf(names, site) {
  const all = site && !names.includes(site.collection) ? [...names, site.collection] : names;
  return (all.length ? all : ["default"]).map((name) => [name, name]);
}

function languagesOf(present) {
  const known = Object.entries(words.sites.languages);
  const other = present && !Object.hasOwn(words.sites.languages, present) ? [[present, present]] : [];
  return [["", say.anyLanguage], ...known, ...other];
}

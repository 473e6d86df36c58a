import { el } from "../dom.js";
import { get, part, put } from "../requests.js";
import { confirmDelete } from "./ask.js";
import { announce, button, copyBox, field, table } from "./parts.js";
import { when, words } from "./words.js";

const say = words.keys;
const scopes = Object.keys(say.scopeNames);
const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);

/** The API keys, a form for a new one, and the secret of one that was made just now. */
export async function show(view, shown = null) {
  const { keys } = await get("/v1/admin/keys", {}, view.signal);
  const again = (made) => show(view, made);
  const list = keys.length ? table(say.caption, columns(), keys.map((key) => row(key, view, again))) : el("p", { class: "nothing" }, say.none);
  view.root.replaceChildren(el("p", { class: "intro" }, say.intro), shown ? secret(shown) : "", list, form(again));
  if (shown) document.getElementById("new-secret").focus();
}

/** Shown until the section is left: the server cannot tell it again. */
function secret(key) {
  return el(
    "section",
    { class: "panel", "aria-labelledby": "new-secret" },
    el("h2", { id: "new-secret", tabindex: "-1" }, say.shownOnce(key.name)),
    copyBox(key.secret, say.copySecret),
  );
}

const columns = () =>
  Object.entries(say.columns).map(([name, label]) => ({ label, heads: name === "name", kind: name === "actions" ? "actions" : undefined }));

function row(key, view, again) {
  const good = key.state === "good";
  const limits = [key.collections ? key.collections.join(", ") : say.all, key.labels === null ? null : key.labels.join(", ") || say.without];
  return {
    cells: [
      key.name,
      el("code", {}, `${key.prefix}…`),
      key.scopes.join(", "),
      limits.filter(Boolean).join("; "),
      key.expires_at ? when(key.expires_at) : say.never,
      key.used_on ?? say.never,
      say.states[key.state],
      good
        ? [
            button("quiet", say.rotate, () => rotate(key, again), { "aria-label": say.rotateLabel(key.name) }),
            button("quiet delete", say.revoke, () => revoke(key, view), { "aria-label": say.revokeLabel(key.name) }),
          ]
        : "",
    ],
  };
}

async function rotate(key, again) {
  let made = null;
  const act = async () => (made = await put("POST", `/v1/admin/keys/${part(key.id)}/rotate`, {}));
  if (await confirmDelete(say.rotateTitle(key.name), say.rotateText, act, say.rotateConfirm)) await again(made);
}

async function revoke(key, view) {
  const act = () => put("DELETE", `/v1/admin/keys/${part(key.id)}`);
  if (!(await confirmDelete(say.revokeTitle(key.name), say.revokeText, act, say.revoke))) return;
  announce(say.revoked(key.name));
  await view.again();
  document.getElementById("heading")?.focus();
}

function form(again) {
  const text = (name, attributes = {}) => el("input", { type: "text", id: `key-${name}`, autocomplete: "off", spellcheck: "false", ...attributes });
  const area = (name) => el("textarea", { id: `key-${name}`, rows: "2", spellcheck: "false" });
  const name = text("name", { required: true, maxlength: "100" });
  const boxes = scopes.map((scope) => el("input", { type: "checkbox", name: "scope", value: scope, id: `key-${scope}`, checked: scope === "ask" }));
  const collections = area("collections");
  const labels = area("labels");
  const expires = text("expires", { type: "number", min: "1", step: "1" });
  const trouble = el("p", { class: "wrong", role: "alert" });
  const values = () => ({
    name: name.value.trim(),
    scopes: boxes.filter((box) => box.checked).map((box) => box.value),
    collections: lines(collections.value).length ? lines(collections.value) : null,
    labels: lines(labels.value),
    expires_in_days: expires.value ? Number(expires.value) : null,
  });
  const made = el(
    "form",
    { class: "panel", novalidate: true },
    el("h2", {}, say.newTitle),
    field(words.name, name, say.nameHint),
    el("fieldset", {}, el("legend", {}, say.scopes), boxes.map((box) => el("label", { class: "check" }, box, say.scopeNames[box.value]))),
    field(say.collections, collections, say.collectionsHint),
    field(say.labels, labels, say.labelsHint),
    field(say.expires, expires, say.expiresHint),
    trouble,
    el("div", { class: "buttons" }, el("button", { type: "submit", class: "primary" }, say.create)),
  );
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    trouble.textContent = "";
    try {
      await again(await put("POST", "/v1/admin/keys", values()));
    } catch (error) {
      trouble.textContent = [error.detail, error.hint].filter(Boolean).join(" ");
      name.focus();
    }
  });
  return made;
}

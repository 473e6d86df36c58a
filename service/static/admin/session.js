import { el } from "../dom.js";
import { put, remove } from "../requests.js";
import { announce, button, field } from "./parts.js";
import { words } from "./words.js";

let token = null;

/** Takes the token out of the address, so that it stays in no history, bookmark or screenshot. */
export function forgetToken() {
  const found = /^#token=([^&]+)/.exec(location.hash);
  if (!found) return;
  token = found[1];
  history.replaceState(null, "", location.pathname + location.search);
}

/** What went wrong at the organisation's sign-in, once. */
export function takeError() {
  if (!location.hash.startsWith("#error=")) return null;
  const detail = new URLSearchParams(location.hash.slice(1)).get("error");
  history.replaceState(null, "", location.pathname + location.search);
  return { detail };
}

/** The token that came with the address, once. */
export function takeToken() {
  forgetToken();
  const taken = token;
  token = null;
  return taken;
}

export const signIn = (given) => put("POST", "/v1/admin/session", { token: given });

export const signOut = (everywhere = false) => remove(`/v1/admin/session${everywhere ? "?everywhere=true" : ""}`);

const { hasOperators, hasOidc } = document.body.dataset;

/** What is filled in: the token, or a name with its password, and the button that leads to the other of the two. */
function byToken() {
  const input = el("input", { type: "password", name: "token", autocomplete: "current-password", spellcheck: "false", required: true, id: "token" });
  return {
    first: input,
    secret: input,
    parts: [el("p", { class: "muted" }, words.signInText), field(words.token, input), reveal(input, words.showToken)],
    missing: words.tokenMissing,
    values: () => input.value.trim() && { token: input.value.trim() },
    other: hasOperators === "true" && words.useName,
  };
}

function byName() {
  const name = el("input", { type: "text", name: "username", autocomplete: "username", spellcheck: "false", required: true, id: "operator-name" });
  const password = el("input", { type: "password", name: "password", autocomplete: "current-password", required: true, id: "password" });
  const code = el("input", { type: "text", name: "code", autocomplete: "one-time-code", inputmode: "numeric", id: "code" });
  return {
    first: name,
    secret: password,
    parts: [
      el("p", { class: "muted" }, words.signInByName),
      field(words.name, name),
      field(words.password, password),
      reveal(password, words.showPassword),
      field(words.code, code, words.codeHint),
    ],
    missing: words.nameMissing,
    values: () => name.value.trim() && password.value && { name: name.value.trim(), password: password.value, code: code.value.trim() || null },
    other: words.useToken,
  };
}

function reveal(input, label) {
  const box = el("input", { type: "checkbox", id: "reveal", onchange: () => (input.type = box.checked ? "text" : "password") });
  return el("label", { class: "check" }, box, label);
}

export function showSignIn(main, onSignedIn, why, error, named = hasOperators === "true") {
  const given = named ? byName() : byToken();
  const trouble = el("p", { class: "wrong", id: "sign-in-error", role: "alert" });
  const go = el("button", { type: "submit", class: "primary" }, words.signIn);
  const tell = (text) => {
    trouble.textContent = text;
    given.first.setAttribute("aria-invalid", String(Boolean(text)));
  };
  const form = el(
    "form",
    { class: "sign-in", novalidate: true },
    el("h1", { tabindex: "-1", id: "heading" }, words.signInTitle),
    why ? el("p", { class: "notice" }, why) : null,
    given.parts,
    trouble,
    go,
    hasOidc === "true" ? el("p", { class: "muted" }, el("a", { href: "/admin/oidc", id: "use-oidc" }, words.useOidc)) : null,
    given.other ? el("p", {}, button("plain", given.other, () => showSignIn(main, onSignedIn, "", null, !named))) : null,
  );
  given.first.setAttribute("aria-describedby", "sign-in-error");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = given.values();
    if (!values) {
      tell(given.missing);
      given.first.focus();
      return;
    }
    go.disabled = true;
    tell("");
    try {
      await put("POST", "/v1/admin/session", values);
      onSignedIn();
    } catch (problem) {
      tell([problem.detail, problem.hint].filter(Boolean).join(" "));
      go.disabled = false;
      given.secret.select();
    }
  });
  main.replaceChildren(form);
  if (error) tell([error.detail, error.hint].filter(Boolean).join(" "));
  if (why) announce(why);
  given.first.focus();
}

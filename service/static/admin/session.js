import { el } from "../dom.js";
import { put, remove } from "../requests.js";
import { announce, field } from "./parts.js";
import { words } from "./words.js";

let token = null;

/** Takes the token out of the address, so that it stays in no history, bookmark or screenshot. */
export function forgetToken() {
  const found = /^#token=([^&]+)/.exec(location.hash);
  if (!found) return;
  token = found[1];
  history.replaceState(null, "", location.pathname + location.search);
}

/** The token that came with the address, once. */
export function takeToken() {
  forgetToken();
  const taken = token;
  token = null;
  return taken;
}

export const signIn = (given) => put("POST", "/v1/admin/session", { token: given });

export const signOut = () => remove("/v1/admin/session");

export function showSignIn(main, onSignedIn, why, error) {
  const input = el("input", { type: "password", name: "token", autocomplete: "current-password", spellcheck: "false", required: true, id: "token" });
  const reveal = el("input", { type: "checkbox", id: "reveal", onchange: () => (input.type = reveal.checked ? "text" : "password") });
  const trouble = el("p", { class: "wrong", id: "sign-in-error", role: "alert" });
  const go = el("button", { type: "submit", class: "primary" }, words.signIn);
  const tell = (text) => {
    trouble.textContent = text;
    input.setAttribute("aria-invalid", String(Boolean(text)));
  };
  const form = el(
    "form",
    { class: "sign-in", novalidate: true },
    el("h1", { tabindex: "-1", id: "heading" }, words.signInTitle),
    why ? el("p", { class: "notice" }, why) : null,
    el("p", { class: "muted" }, words.signInText),
    field(words.token, input),
    el("label", { class: "check" }, reveal, words.showToken),
    trouble,
    go,
  );
  input.setAttribute("aria-describedby", "sign-in-error");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!input.value.trim()) {
      tell(words.tokenMissing);
      input.focus();
      return;
    }
    go.disabled = true;
    tell("");
    try {
      await signIn(input.value.trim());
      onSignedIn();
    } catch (problem) {
      tell([problem.detail, problem.hint].filter(Boolean).join(" "));
      go.disabled = false;
      input.select();
    }
  });
  main.replaceChildren(form);
  if (error) tell([error.detail, error.hint].filter(Boolean).join(" "));
  if (why) announce(why);
  input.focus();
}

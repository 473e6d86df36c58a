import { byId } from "../dom.js";
import { put } from "../requests.js";
import { strings } from "../strings.js";
import { fillWords } from "./panel.js";

fillWords();

const form = byId("sign-in");
const input = byId("key");
const trouble = byId("trouble");
const go = form.querySelector("button");

function tell(text) {
  trouble.textContent = text;
  input.setAttribute("aria-invalid", String(Boolean(text)));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!input.value.trim()) {
    tell(strings.keyMissing);
    input.focus();
    return;
  }
  go.disabled = true;
  tell("");
  try {
    await put("POST", "/v1/sign-in", { key: input.value.trim() });
    location.reload();
  } catch (problem) {
    tell([problem.detail, problem.hint].filter(Boolean).join(" "));
    go.disabled = false;
    input.select();
  }
});
input.focus();

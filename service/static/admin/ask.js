import { el } from "../dom.js";
import { button } from "./parts.js";
import { words } from "./words.js";

/** Asks whether something is to be deleted; resolves to whether it was. `act` does it, and may fail with a Problem. */
export function confirmDelete(title, text, act, label = words.delete) {
  return new Promise((resolve) => {
    const trouble = el("p", { class: "wrong", role: "alert" });
    const no = button("secondary", words.cancel, () => dialog.close());
    const yes = button("danger", label, async () => {
      yes.disabled = no.disabled = true;
      try {
        await act();
        done = true;
        dialog.close();
      } catch (error) {
        trouble.textContent = [error.detail ?? error.message, error.hint].filter(Boolean).join(" ");
        yes.disabled = no.disabled = false;
        no.focus();
      }
    });
    let done = false;
    const dialog = el(
      "dialog",
      { class: "confirm", "aria-labelledby": "confirm-title", "aria-describedby": "confirm-text" },
      el("h2", { id: "confirm-title" }, title),
      el("p", { id: "confirm-text" }, text),
      trouble,
      el("div", { class: "buttons" }, no, yes),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(done);
    });
    document.body.append(dialog);
    dialog.showModal();
    no.focus();
  });
}

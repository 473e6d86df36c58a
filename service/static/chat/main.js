import { byId } from "../dom.js";
import { remove } from "../requests.js";
import { Collections } from "./collections.js";
import { Documents } from "./documents.js";
import { fillWords } from "./panel.js";
import { Uploads } from "./uploads.js";

fillWords();

const chat = byId("chat");
const suggestions = chat.getAttribute("suggestions");
const collections = new Collections(showCollection);
const documents = new Documents(collections, new Uploads(), refresh);

function showCollection() {
  const bare = collections.knownEmpty;
  byId("no-documents").hidden = !bare;
  chat.setAttribute("suggestions", bare ? "[]" : suggestions);
  chat.setAttribute("collection", collections.current);
}

async function refresh() {
  try {
    await collections.refresh();
  } catch {
    // Asking may still work, and says what is wrong where it does not.
  }
  showCollection();
}

byId("open-documents").addEventListener("click", () => documents.open());
byId("sign-out")?.addEventListener("click", async () => {
  await remove("/v1/sign-in");
  location.reload();
});
byId("add-first").addEventListener("click", () => documents.open());
// What changed while there was no network, or in another tab, shows on return.
addEventListener("online", refresh);

showCollection();
chat.hidden = false;
await customElements.whenDefined("footnoted-chat");
await chat.updateComplete;
chat.focus();
refresh();

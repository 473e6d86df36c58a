import { Collections } from "./collections.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { byId, fillWords } from "./dom.js";
import { Documents } from "./documents.js";
import { Uploads } from "./uploads.js";

fillWords();

const collections = new Collections(() => conversation.open(collections.current));

const conversation = new Conversation(byId("log"), () => {
  composer.setBusy(conversation.running);
  showEmptyState();
});

const composer = new Composer({
  onSend: (question) => conversation.ask(question),
  onStop: () => conversation.stop(),
});

const documents = new Documents(collections, new Uploads(), refreshCollections);

function showEmptyState() {
  const bare = collections.knownEmpty;
  byId("empty").hidden = !conversation.empty;
  byId("no-documents").hidden = !bare;
  if (byId("suggestions")) byId("suggestions").hidden = bare;
}

async function refreshCollections() {
  try {
    if (await collections.refresh()) conversation.open(collections.current);
  } catch {
    // Asking may still work, and says what is wrong where it does not.
  }
  showEmptyState();
}

byId("new-chat").addEventListener("click", () => {
  conversation.clear();
  composer.focus();
});
byId("open-documents").addEventListener("click", () => documents.open());
byId("add-first").addEventListener("click", () => documents.open());
byId("suggestions")?.addEventListener("click", (event) => {
  const button = event.target.closest(".suggestion");
  if (!button || conversation.running) return;
  conversation.ask(button.textContent);
  composer.focus();
});
// What changed while there was no network, or in another tab, shows on return.
addEventListener("online", refreshCollections);

conversation.open(collections.current);
refreshCollections();
composer.focus();

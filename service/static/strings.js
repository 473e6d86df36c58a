// Every word of the documents panel and of signing in, in one place for translation. The chat itself is the widget, with words of its own.

const locale = "en-GB";

const number = new Intl.NumberFormat(locale);
const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });

const count = (n, one, many) => `${number.format(n)}\u00a0${n === 1 ? one : many}`;

export const strings = {
  collection: "Collection",
  documents: "Documents",
  close: "Close",
  newTab: "(opens in a new tab)",
  noDocuments: "There are no documents here yet.",
  addDocuments: "Add documents",
  retry: "Retry",
  dropHere: "Drop files here, or anywhere on the page",
  chooseFiles: "Choose files",
  uploads: "Uploads",
  clearUploads: "Clear the list",
  uploadDone: (added, failed) =>
    `${count(added, "file", "files")} added${failed ? `, ${count(failed, "file", "files")} not added` : ""}.`,
  listTitle: (shown, total) =>
    shown < total ? `In this collection: ${number.format(shown)} of ${number.format(total)}` : `In this collection (${number.format(total)})`,
  listEmpty: "No documents yet.",
  loading: "Loading…",
  listFailed: "The list could not be loaded.",
  pages: (n) => count(n, "page", "pages"),
  passages: (n) => count(n, "passage", "passages"),
  added: (iso) => (Number.isNaN(Date.parse(iso)) ? "" : `added ${date.format(new Date(iso))}`),
  delete: "Delete",
  deleteLabel: (title) => `Delete ${title}`,
  deleteConfirm: "Delete this document? It stops answering at once.",
  keep: "Keep",
  deleted: (title) => `${title} was deleted.`,
  deleteFailed: "The document could not be deleted.",
  signInText: "Asking here takes an API key. Whoever runs this server gives one out.",
  key: "API key",
  keyMissing: "Paste the key first.",
  signIn: "Sign in",
  signOut: "Sign out",
  operatorsSignIn: "Operators sign in here",
};

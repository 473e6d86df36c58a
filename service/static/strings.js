// Every word of the documents panel, in one place for translation. The chat itself is the widget, with words of its own.

export const locale = "en-GB";

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
  lostTitle: "The connection was lost",
  lostText: "The answer did not arrive in full. Check the network and try again.",
  offlineText: "This device is offline. Try again once it is connected.",
  failedTitle: "The answer could not be given",
  requestFailed: (status) => `The server answered with status ${status}.`,
  retryAfter: (s) => `Try again in ${count(s, "second", "seconds")}.`,
  dropHere: "Drop files here, or anywhere on the page",
  chooseFiles: "Choose files",
  uploads: "Uploads",
  clearUploads: "Clear the list",
  fileStatus: {
    uploading: "Uploading…",
    queued: "Waiting",
    running: "Reading…",
    added: "Added",
    changed: "Added in place of the older version",
    unchanged: "Already here, unchanged",
    failed: "Not added",
    unknown: "Still being read; look again later",
  },
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
  mediaTypes: {
    "application/pdf": "PDF",
    "text/html": "Web page",
    "text/markdown": "Markdown",
    "text/plain": "Text",
    "text/csv": "CSV",
    "application/json": "JSON",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "application/vnd.oasis.opendocument.text": "OpenDocument",
    "application/epub+zip": "EPUB",
    "application/rtf": "RTF",
    "text/x-rst": "reStructuredText",
    "text/x-source": "Source code",
    "message/rfc822": "E-mail",
  },
};

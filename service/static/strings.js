// Every word that the pages show through script, in one place for translation.
// (view.html keeps its own, because it has to work without script.)

export const locale = "en-GB";

const number = new Intl.NumberFormat(locale);
const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });

const count = (n, one, many) => `${number.format(n)}\u00a0${n === 1 ? one : many}`;

/** Never rounds up to certainty or down to nothing. */
export function percent(share) {
  if (share > 0 && share < 0.01) return "under 1\u00a0%";
  return `${share < 1 ? Math.min(99, Math.round(share * 100)) : 100}\u00a0%`;
}

export const strings = {
  skip: "Skip to the question field",
  collection: "Collection",
  newChat: "New chat",
  documents: "Documents",
  close: "Close",
  newTab: "(opens in a new tab)",

  emptyTitle: "Ask your documents",
  emptyText: "Every sentence of the answer carries its source, or you are told that the documents do not say.",
  suggestions: "Questions to start with",
  noDocuments: "There are no documents here yet.",
  addDocuments: "Add documents",
  conversation: "Conversation",

  composer: "Ask a question",
  question: "Your question",
  placeholder: "Ask a question…",
  send: "Send",
  stop: "Stop",
  composerNote: "Answers come only from your documents.",
  tooLong: (length, limit) =>
    `${number.format(length)} of ${number.format(limit)} characters: shorten the question by ${number.format(length - limit)}.`,
  remaining: (left) => `${count(left, "character", "characters")} left.`,
  busy: "An answer is on its way. Stop it to ask something else.",

  youAsked: "You asked:",
  understoodAs: "Understood as:",
  searching: "Searching the documents…",
  reading: (passages, documents) =>
    `Reading ${count(passages, "passage", "passages")} from ${count(documents, "document", "documents")}…`,
  unsupported: "not supported by a source",
  marker: (n) => `[${n}]`,
  markerLabel: (n, title) => `[${n}] Source: ${title} (opens in a new tab)`,
  sources: "Sources",
  page: (n) => `page ${number.format(n)}`,
  supported: (share) => (share === 1 ? "Quoted word for word" : `Supported ${percent(share)}`),
  openPassage: "Open the passage",
  wholeQuote: "Show the whole quote",
  lessQuote: "Show less",
  confidence: (share) => `Confidence ${percent(share)}`,
  seconds: (s) => `${s < 0.1 ? "under 0.1" : s.toFixed(1)}\u00a0s`,
  copyAnswer: "Copy answer",
  copied: "Copied",
  copyFailed: "Copying is blocked by the browser",

  notFound: "The documents do not say.",
  notFoundText: "No passage answers this well enough to be quoted as an answer.",
  notFoundConfidence: (share) => `Likelihood that the documents answer it: ${percent(share)}`,
  nearest: (n) => `Nearest passages (${n})`,
  nothingNear: "Nothing in the documents comes near the question.",

  rateGroup: "Rate this answer",
  rateUp: "Good answer",
  rateDown: "Bad answer",
  thanks: "Thank you, noted.",
  thanksDown: "Noted. You can say below what is wrong.",
  withdrawn: "Rating withdrawn.",
  ratingFailed: (gone) =>
    gone ? "This answer is no longer kept by the service, so it cannot be rated." : "The rating could not be sent. Try again.",
  sayWhy: "Say why",
  changeWhy: "Change what you said",
  whyTitle: "What is wrong with it?",
  reasons: {
    wrong: "It is wrong",
    incomplete: "Something is missing",
    bad_source: "The source does not fit",
    should_have_answered: "The documents do tell",
    should_not_have_answered: "The documents do not tell this",
    other: "Something else",
  },
  comment: "In your own words (optional)",
  sendReason: "Send",
  notNow: "Not now",

  announceAnswer: (text, sources) => `Answer: ${text} ${count(sources, "source", "sources")}.`,
  announceNotFound: "The documents do not say.",
  stopped: "Stopped.",
  stoppedPartial: "Stopped. The last words were not checked against a source.",
  reloaded: "The page was left before the answer was complete.",
  retry: "Retry",
  askAgain: "Ask again",
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

  copyQuote: "Copy quote",
  copyLink: "Copy link",
  table: "Table",
};

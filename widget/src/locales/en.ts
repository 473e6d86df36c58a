// Every word of the widget, in English: the master list. The other languages have the same keys by their type.

import { figures } from "../figures.js";

const { number, percent, decimal, count } = figures("en-GB");

export const en = {
  /** The language of these words, and the direction of its writing. */
  language: "en",
  direction: "ltr" as "ltr" | "rtl",

  // the launcher and the panel
  openChat: "Open the chat",
  closeChat: "Close the chat",
  close: "Close",
  title: "Ask our documents",
  greeting: "Every sentence of the answer carries its source, or you are told that the documents do not say.",
  menu: "More",
  newChat: "New chat",
  eraseHistory: "Erase history",
  historyErased: "The conversation was erased from this browser.",
  enlarge: "Enlarge",
  shrink: "Make smaller",
  suggestions: "Questions to start with",
  conversation: "Conversation",

  // asking
  composer: "Ask a question",
  question: "Your question",
  placeholder: "Ask a question…",
  send: "Send",
  stop: "Stop",
  composerNote: "Answers come only from the documents.",
  tooLong: (length: number, limit: number) =>
    `${number(length)} of ${number(limit)} characters: shorten the question by ${number(length - limit)}.`,
  remaining: (left: number) => count(left, { one: "# character left.", other: "# characters left." }),
  busy: "An answer is on its way. Stop it to ask something else.",

  // while the answer comes
  youAsked: "You asked:",
  understoodAs: "Understood as:",
  undoUnderstood: "Ask as I wrote it",
  undoUnderstoodLabel: "Ask as I wrote it, without what was said before",
  searching: "Searching the documents…",
  reading: (passages: number, documents: number) =>
    `Reading ${count(passages, { one: "# passage", other: "# passages" })} from ${count(documents, { one: "# document", other: "# documents" })}…`,
  stillWorking: "Still working…",

  // an answer
  marker: (n: number) => number(n),
  markerLabel: (n: number, title: string) => `Source ${number(n)}: ${title}`,
  unsupported: "not supported by a source",
  partly: "only partly supported by its source",
  /** By the `code` of an answer's notice. */
  notices: {
    model_failed: "The language model did not answer. What the documents say is quoted instead, as far as it was found.",
    model_busy: "The language model has too many questions at once. What the documents say is quoted instead, as far as it was found.",
    no_source: "No source supports what the language model wrote. The documents are quoted instead, as far as they tell.",
    model_broke_off: "The language model broke off: the answer may not be complete.",
    sentences_left_out: "Not all that the language model wrote is shown: no source supports the rest.",
  },
  sources: "Sources",
  page: (n: number) => `page ${number(n)}`,
  supported: (share: number) => (share === 1 ? "Quoted word for word" : `Supported ${percent(share)}`),
  wholeQuote: "Show the whole quote",
  lessQuote: "Show less",
  showSource: "Show in the document",
  confidence: (share: number) => `Confidence ${percent(share)}`,
  seconds: (s: number) => `${s < 0.1 ? "under " : ""}${decimal(s)}\u00a0s`,

  // copying
  copy: "Copy",
  copyAnswer: "Copy the answer",
  copyMarkdown: "With footnotes (Markdown)",
  copyPlain: "With footnotes (plain text)",
  copyBibtex: "Sources only (BibTeX)",
  copied: "Copied",
  copyFailed: "Copying is blocked by the browser",

  // no answer
  whichOne: "Several places answer this, each for something else. Which one do you mean?",
  notFound: "The documents do not say.",
  notFoundText: "No passage answers this well enough to be quoted as an answer.",
  notFoundConfidence: (share: number) => `Likelihood that the documents answer it: ${percent(share)}`,
  nearest: (n: number) => count(n, { one: "The nearest passage", other: "The # nearest passages" }),
  nothingNear: "Nothing in the documents comes near the question.",
  askInstead: "Ask instead",
  rephrase: "Try other words, or name the document, the product or the year that you mean.",

  // rating
  rateGroup: "Rate this answer",
  rateUp: "Good answer",
  rateDown: "Bad answer",
  thanks: "Thank you, noted.",
  thanksDown: "Noted. You can say below what is wrong.",
  withdrawn: "Rating withdrawn.",
  ratingGone: "This answer is no longer kept by the service, so it cannot be rated.",
  ratingFailed: "The rating could not be sent. Try again.",
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

  // spoken to screen readers
  announceSources: (n: number) => count(n, { one: "Answer complete, # source.", other: "Answer complete, # sources." }),

  // endings and errors
  stopped: "Stopped.",
  stoppedPartial: "Stopped. The last words were not checked against a source.",
  interrupted: "The page was left before the answer was complete.",
  retry: "Retry",
  askAgain: "Ask again",
  lostTitle: "The connection was lost",
  lostText: "The answer did not arrive in full. Check the network and try again.",
  lostPartial: "What had arrived is kept above.",
  offline: "You are offline. What was said stays here; new questions need a connection.",
  offlineText: "This device is offline. Try again once it is connected.",
  backOnline: "You are online again.",
  failedTitle: "The answer could not be given",
  startFailed: "The chat could not be started",
  unreachable: "Its server could not be reached. Check the connection, and try again.",
  requestFailed: (status: number) => `The server answered with status ${status}.`,
  tooManyTitle: "Too many questions at once",
  retryAfter: (s: number) => count(s, { one: "Try again in # second.", other: "Try again in # seconds." }),
  originTitle: "This page may not use this chat",
  originText: (origin: string) => `The chat is not set up for ${origin}.`,
  originHint: (origin: string) => `For the owner of this page: run “footnoted doctor --origin ${origin}” on the server.`,
  unknownSite: "This chat does not exist any more",
  unknownSiteText: "Its site was deleted, or its id in the page is mistyped.",

  // the source beside the chat
  sourceTitle: "Source",
  closeSource: "Close the source",
  previousCitation: "Previous source",
  nextCitation: "Next source",
  citationOf: (i: number, n: number) => `${number(i)} of ${number(n)}`,
  openInNewTab: "Open in a new tab",
  views: "How to show the document",
  showPage: "Page",
  showText: "Text",
  previousPage: "Previous page",
  nextPage: "Next page",
  pageOf: (n: number, total: number) => `Page ${number(n)} of ${number(total)}`,
  pageImage: (n: number, title: string) => `Page ${number(n)} of ${title}, as an image. Its words are under “Text”.`,
  zoomIn: "Larger",
  zoomOut: "Smaller",
  citedWords: "Cited words",
  documentMoved: "The document has changed since; the cited words stand elsewhere in it now.",
  documentChanged: "The document has changed since; the cited words are no longer there as they were.",
  similarMarked: "The most similar ones are marked with a dashed line.",
  documentGone: "The document has changed since; the cited words are no longer in it.",
  documentRemoved: "This document was removed.",
  placeUnknown: "The document has changed since, and the cited words are not known: their place cannot be checked.",
  wordsWere: "The answer cited",
  wordsNow: "The document now says",
  loadingSource: "Loading the source…",
  sourceFailed: "The source could not be loaded",
  pageFailed: "The page could not be shown. Its text is under “Text”.",
  textOnly: "The place could not be found on the page; it is lit in the text.",
  earlierText: "The document begins earlier.",
  laterText: "The document goes on.",
  table: "Table",
};

/** What every language has. */
export type Strings = typeof en;

// Every word of the widget in German, with the formal address.

import { figures } from "../figures.js";
import type { Strings } from "./en.js";

const { number, percent, decimal, count } = figures("de-DE");

export const de: Strings = {
  language: "de",
  direction: "ltr",

  // the launcher and the panel
  openChat: "Chat öffnen",
  closeChat: "Chat schließen",
  close: "Schließen",
  title: "Fragen Sie unsere Dokumente",
  greeting: "Jeder Satz der Antwort nennt seine Quelle, oder Sie erfahren, dass die Dokumente nichts dazu sagen.",
  menu: "Mehr",
  newChat: "Neuer Chat",
  eraseHistory: "Verlauf löschen",
  historyErased: "Der Verlauf wurde aus diesem Browser gelöscht.",
  enlarge: "Vergrößern",
  shrink: "Verkleinern",
  suggestions: "Fragen für den Anfang",
  conversation: "Unterhaltung",

  // asking
  composer: "Eine Frage stellen",
  question: "Ihre Frage",
  placeholder: "Stellen Sie eine Frage …",
  send: "Senden",
  stop: "Anhalten",
  composerNote: "Die Antworten stammen nur aus den Dokumenten.",
  tooLong: (length, limit) =>
    `${number(length)} von ${number(limit)} Zeichen: Bitte kürzen Sie die Frage um ${number(length - limit)}.`,
  remaining: (left) => `Noch ${count(left, { one: "# Zeichen", other: "# Zeichen" })}.`,
  busy: "Eine Antwort ist unterwegs. Halten Sie sie an, um etwas anderes zu fragen.",

  // while the answer comes
  youAsked: "Sie haben gefragt:",
  understoodAs: "Verstanden als:",
  undoUnderstood: "So fragen, wie ich es geschrieben habe",
  undoUnderstoodLabel: "So fragen, wie ich es geschrieben habe, ohne das zuvor Gesagte",
  searching: "Die Dokumente werden durchsucht …",
  reading: (passages, documents) =>
    `${count(passages, { one: "# Textstelle", other: "# Textstellen" })} aus ${count(documents, { one: "# Dokument", other: "# Dokumenten" })} ${passages === 1 ? "wird" : "werden"} gelesen …`,
  stillWorking: "Es dauert noch einen Moment …",

  // an answer
  marker: (n) => number(n),
  markerLabel: (n, title) => `Quelle ${number(n)}: ${title}`,
  unsupported: "nicht durch eine Quelle belegt",
  partly: "nur teilweise durch die Quelle belegt",
  notices: {
    model_failed: "Das Sprachmodell hat nicht geantwortet. Stattdessen werden die Dokumente zitiert, soweit sich etwas fand.",
    model_busy: "Das Sprachmodell hat gerade zu viele Fragen. Stattdessen werden die Dokumente zitiert, soweit sich etwas fand.",
    no_source: "Keine Quelle belegt, was das Sprachmodell schrieb. Stattdessen werden die Dokumente zitiert, soweit sie etwas sagen.",
    model_broke_off: "Das Sprachmodell hat abgebrochen: Die Antwort ist vielleicht nicht vollständig.",
    sentences_left_out: "Nicht alles, was das Sprachmodell schrieb, wird gezeigt: Den Rest belegt keine Quelle.",
  },
  sources: "Quellen",
  page: (n) => `Seite ${number(n)}`,
  supported: (share) => (share === 1 ? "Wörtlich zitiert" : `Zu ${percent(share)} belegt`),
  wholeQuote: "Ganzes Zitat anzeigen",
  lessQuote: "Weniger anzeigen",
  showSource: "Im Dokument anzeigen",
  confidence: (share) => `Sicherheit ${percent(share)}`,
  seconds: (s) => `${s < 0.1 ? "unter " : ""}${decimal(s)}\u00a0s`,

  // copying
  copy: "Kopieren",
  copyAnswer: "Antwort kopieren",
  copyMarkdown: "Mit Fußnoten (Markdown)",
  copyPlain: "Mit Fußnoten (einfacher Text)",
  copyBibtex: "Nur die Quellen (BibTeX)",
  copied: "Kopiert",
  copyFailed: "Der Browser lässt das Kopieren nicht zu",

  // no answer
  whichOne: "Mehrere Stellen beantworten das, jede für etwas anderes. Was meinen Sie?",
  notFound: "Die Dokumente sagen dazu nichts.",
  notFoundText: "Keine Textstelle beantwortet die Frage gut genug, um als Antwort zitiert zu werden.",
  notFoundConfidence: (share) => `Wahrscheinlichkeit, dass die Dokumente die Antwort enthalten: ${percent(share)}`,
  nearest: (n) => count(n, { one: "Die ähnlichste Textstelle", other: "Die # ähnlichsten Textstellen" }),
  nothingNear: "Nichts in den Dokumenten kommt der Frage nahe.",
  askInstead: "Fragen Sie stattdessen",
  rephrase: "Versuchen Sie es mit anderen Worten, oder nennen Sie das Dokument, das Produkt oder das Jahr, das Sie meinen.",

  // rating
  rateGroup: "Diese Antwort bewerten",
  rateUp: "Gute Antwort",
  rateDown: "Schlechte Antwort",
  thanks: "Danke, wir haben es notiert.",
  thanksDown: "Notiert. Unten können Sie sagen, was nicht stimmt.",
  withdrawn: "Bewertung zurückgenommen.",
  ratingGone: "Diese Antwort ist beim Dienst nicht mehr gespeichert und kann daher nicht bewertet werden.",
  ratingFailed: "Die Bewertung konnte nicht gesendet werden. Bitte versuchen Sie es erneut.",
  sayWhy: "Grund angeben",
  changeWhy: "Angaben ändern",
  whyTitle: "Was stimmt daran nicht?",
  reasons: {
    wrong: "Sie ist falsch",
    incomplete: "Etwas fehlt",
    bad_source: "Die Quelle passt nicht",
    should_have_answered: "Die Dokumente sagen etwas dazu",
    should_not_have_answered: "Das steht nicht in den Dokumenten",
    other: "Etwas anderes",
  },
  comment: "In Ihren eigenen Worten (freiwillig)",
  sendReason: "Senden",
  notNow: "Nicht jetzt",

  // spoken to screen readers
  announceSources: (n) => count(n, { one: "Antwort vollständig, # Quelle.", other: "Antwort vollständig, # Quellen." }),

  // endings and errors
  stopped: "Angehalten.",
  stoppedPartial: "Angehalten. Die letzten Worte wurden nicht mit einer Quelle verglichen.",
  interrupted: "Die Seite wurde verlassen, bevor die Antwort vollständig war.",
  retry: "Erneut versuchen",
  askAgain: "Noch einmal fragen",
  lostTitle: "Die Verbindung ist abgebrochen",
  lostText: "Die Antwort ist nicht vollständig angekommen. Prüfen Sie das Netz und versuchen Sie es erneut.",
  lostPartial: "Was schon angekommen war, bleibt oben stehen.",
  offline: "Sie sind offline. Das bisher Gesagte bleibt hier; neue Fragen brauchen eine Verbindung.",
  offlineText: "Dieses Gerät ist offline. Versuchen Sie es erneut, sobald es verbunden ist.",
  backOnline: "Sie sind wieder online.",
  failedTitle: "Die Antwort konnte nicht gegeben werden",
  startFailed: "Der Chat konnte nicht gestartet werden",
  unreachable: "Der Server ist nicht zu erreichen. Prüfen Sie die Verbindung und versuchen Sie es erneut.",
  requestFailed: (status) => `Der Server hat mit dem Status ${status} geantwortet.`,
  tooManyTitle: "Zu viele Fragen auf einmal",
  retryAfter: (s) =>
    count(s, { one: "Versuchen Sie es in # Sekunde erneut.", other: "Versuchen Sie es in # Sekunden erneut." }),
  originTitle: "Diese Seite darf diesen Chat nicht verwenden",
  originText: (origin) => `Der Chat ist für ${origin} nicht eingerichtet.`,
  originHint: (origin) => `Für die Betreiber dieser Seite: Führen Sie auf dem Server „footnoted doctor --origin ${origin}“ aus.`,
  unknownSite: "Diesen Chat gibt es nicht mehr",
  unknownSiteText: "Die zugehörige Website wurde gelöscht, oder ihre Kennung ist auf der Seite falsch geschrieben.",

  // the source beside the chat
  sourceTitle: "Quelle",
  closeSource: "Quelle schließen",
  previousCitation: "Vorherige Quelle",
  nextCitation: "Nächste Quelle",
  citationOf: (i, n) => `${number(i)} von ${number(n)}`,
  openInNewTab: "In neuem Tab öffnen",
  views: "Darstellung des Dokuments",
  showPage: "Seite",
  showText: "Text",
  previousPage: "Vorherige Seite",
  nextPage: "Nächste Seite",
  pageOf: (n, total) => `Seite ${number(n)} von ${number(total)}`,
  pageImage: (n, title) => `Seite ${number(n)} von ${title} als Bild. Der Wortlaut steht unter „Text“.`,
  zoomIn: "Größer",
  zoomOut: "Kleiner",
  citedWords: "Zitierte Worte",
  documentMoved: "Das Dokument wurde seitdem geändert; die zitierten Worte stehen darin jetzt an anderer Stelle.",
  documentChanged: "Das Dokument wurde seitdem geändert; die zitierten Worte stehen dort nicht mehr so wie zuvor.",
  similarMarked: "Die ähnlichsten sind gestrichelt markiert.",
  documentGone: "Das Dokument wurde seitdem geändert; die zitierten Worte kommen darin nicht mehr vor.",
  documentRemoved: "Dieses Dokument wurde entfernt.",
  placeUnknown:
    "Das Dokument wurde seitdem geändert, und die zitierten Worte sind nicht bekannt: Ihre Stelle lässt sich nicht prüfen.",
  wordsWere: "Zitiert wurde",
  wordsNow: "Im Dokument steht jetzt",
  loadingSource: "Die Quelle wird geladen …",
  sourceFailed: "Die Quelle konnte nicht geladen werden",
  pageFailed: "Die Seite konnte nicht angezeigt werden. Ihr Wortlaut steht unter „Text“.",
  textOnly: "Die Stelle ließ sich auf der Seite nicht finden; im Text ist sie markiert.",
  earlierText: "Das Dokument beginnt weiter vorn.",
  laterText: "Das Dokument geht noch weiter.",
  table: "Tabelle",
};

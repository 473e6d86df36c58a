// Every word of the widget in French, with the formal address. Narrow no-break spaces stand before ? ! ; and :.

import { figures } from "../figures.js";
import type { Strings } from "./en.js";

const { number, percent, decimal, count } = figures("fr-FR");

export const fr: Strings = {
  language: "fr",
  direction: "ltr",

  // the launcher and the panel
  openChat: "Ouvrir la discussion",
  closeChat: "Fermer la discussion",
  close: "Fermer",
  title: "Interrogez nos documents",
  greeting: "Chaque phrase de la réponse indique sa source, ou bien vous apprenez que les documents n’en disent rien.",
  menu: "Plus",
  newChat: "Nouvelle discussion",
  eraseHistory: "Effacer l’historique",
  historyErased: "La discussion a été effacée de ce navigateur.",
  enlarge: "Agrandir",
  shrink: "Réduire",
  suggestions: "Questions pour commencer",
  conversation: "Discussion",

  // asking
  composer: "Poser une question",
  question: "Votre question",
  placeholder: "Posez une question…",
  send: "Envoyer",
  stop: "Arrêter",
  composerNote: "Les réponses proviennent uniquement des documents.",
  tooLong: (length, limit) =>
    `${number(length)} caractères sur ${number(limit)}\u00a0: raccourcissez la question de ${number(length - limit)}.`,
  remaining: (left) => count(left, { one: "# caractère restant.", other: "# caractères restants." }),
  busy: "Une réponse est en cours. Arrêtez-la pour poser une autre question.",

  // while the answer comes
  youAsked: "Vous avez demandé\u00a0:",
  understoodAs: "Compris comme\u00a0:",
  undoUnderstood: "Poser la question telle que je l’ai écrite",
  undoUnderstoodLabel: "Poser la question telle que je l’ai écrite, sans tenir compte de ce qui précède",
  searching: "Recherche dans les documents…",
  reading: (passages, documents) =>
    `Lecture de ${count(passages, { one: "# passage", other: "# passages" })} dans ${count(documents, { one: "# document", other: "# documents" })}…`,
  stillWorking: "Encore un instant…",

  // an answer
  marker: (n) => number(n),
  markerLabel: (n, title) => `Source ${number(n)}\u00a0: ${title}`,
  unsupported: "non étayé par une source",
  partly: "étayé seulement en partie par sa source",
  notices: {
    model_failed: "Le modèle de langage n’a pas répondu. Les documents sont cités à la place, pour autant qu’ils en parlent.",
    model_busy: "Le modèle de langage a trop de questions à la fois. Les documents sont cités à la place, pour autant qu’ils en parlent.",
    no_source: "Aucune source n’étaye ce que le modèle de langage a écrit. Les documents sont cités à la place, pour autant qu’ils en parlent.",
    model_broke_off: "Le modèle de langage s’est interrompu\u00a0: la réponse n’est peut-être pas complète.",
    sentences_left_out: "Une partie de ce que le modèle de langage a écrit n’est pas montrée\u00a0: aucune source ne l’étaye.",
  },
  sources: "Sources",
  page: (n) => `page ${number(n)}`,
  supported: (share) => (share === 1 ? "Cité mot pour mot" : `Étayé à ${percent(share)}`),
  wholeQuote: "Afficher la citation entière",
  lessQuote: "Afficher moins",
  showSource: "Afficher dans le document",
  confidence: (share) => `Confiance ${percent(share)}`,
  seconds: (s) => `${s < 0.1 ? "moins de " : ""}${decimal(s)}\u00a0s`,

  // copying
  copy: "Copier",
  copyAnswer: "Copier la réponse",
  copyMarkdown: "Avec notes de bas de page (Markdown)",
  copyPlain: "Avec notes de bas de page (texte brut)",
  copyBibtex: "Sources seulement (BibTeX)",
  copied: "Copié",
  copyFailed: "Le navigateur empêche la copie",

  // no answer
  whichOne: "Plusieurs passages y répondent, chacun pour autre chose. Lequel voulez-vous dire ?",
  notFound: "Les documents n’en disent rien.",
  notFoundText: "Aucun passage n’y répond assez bien pour être cité comme réponse.",
  notFoundConfidence: (share) => `Probabilité que les documents y répondent\u00a0: ${percent(share)}`,
  nearest: (n) => count(n, { one: "Le passage le plus proche", other: "Les # passages les plus proches" }),
  nothingNear: "Rien dans les documents ne se rapproche de la question.",
  askInstead: "Demandez plutôt",
  rephrase: "Essayez d’autres mots, ou précisez le document, le produit ou l’année dont il s’agit.",

  // rating
  rateGroup: "Évaluer cette réponse",
  rateUp: "Bonne réponse",
  rateDown: "Mauvaise réponse",
  thanks: "Merci, c’est noté.",
  thanksDown: "C’est noté. Vous pouvez indiquer ci-dessous ce qui ne va pas.",
  withdrawn: "Évaluation retirée.",
  ratingGone: "Cette réponse n’est plus conservée par le service et ne peut donc pas être évaluée.",
  ratingFailed: "L’évaluation n’a pas pu être envoyée. Veuillez réessayer.",
  sayWhy: "Dire pourquoi",
  changeWhy: "Modifier vos indications",
  whyTitle: "Qu’est-ce qui ne va pas\u202f?",
  reasons: {
    wrong: "Elle est fausse",
    incomplete: "Il manque quelque chose",
    bad_source: "La source ne convient pas",
    should_have_answered: "Les documents donnent la réponse",
    should_not_have_answered: "Les documents ne disent pas cela",
    other: "Autre chose",
  },
  comment: "Avec vos propres mots (facultatif)",
  sendReason: "Envoyer",
  notNow: "Pas maintenant",

  // spoken to screen readers
  announceSources: (n) => count(n, { one: "Réponse complète, # source.", other: "Réponse complète, # sources." }),

  // endings and errors
  stopped: "Arrêté.",
  stoppedPartial: "Arrêté. Les derniers mots n’ont pas été comparés à une source.",
  interrupted: "La page a été quittée avant la fin de la réponse.",
  retry: "Réessayer",
  askAgain: "Demander à nouveau",
  lostTitle: "La connexion a été perdue",
  lostText: "La réponse n’est pas arrivée en entier. Vérifiez le réseau et réessayez.",
  lostPartial: "Ce qui était arrivé reste affiché ci-dessus.",
  offline: "Vous êtes hors ligne. La discussion reste ici\u202f; une connexion est nécessaire pour de nouvelles questions.",
  offlineText: "Cet appareil est hors ligne. Réessayez une fois qu’il sera connecté.",
  backOnline: "Vous êtes de nouveau en ligne.",
  failedTitle: "La réponse n’a pas pu être donnée",
  startFailed: "La discussion n’a pas pu démarrer",
  unreachable: "Le serveur est injoignable. Vérifiez la connexion, puis réessayez.",
  requestFailed: (status) => `Le serveur a répondu avec le statut ${status}.`,
  tooManyTitle: "Trop de questions à la fois",
  retryAfter: (s) => count(s, { one: "Réessayez dans # seconde.", other: "Réessayez dans # secondes." }),
  originTitle: "Cette page ne peut pas utiliser cette discussion",
  originText: (origin) => `La discussion n’est pas configurée pour ${origin}.`,
  originHint: (origin) =>
    `Pour l’administrateur de cette page\u00a0: exécutez «\u00a0footnoted doctor --origin ${origin}\u00a0» sur le serveur.`,
  unknownSite: "Cette discussion n’existe plus",
  unknownSiteText: "Son site a été supprimé, ou son identifiant dans la page est mal écrit.",

  // the source beside the chat
  sourceTitle: "Source",
  closeSource: "Fermer la source",
  previousCitation: "Source précédente",
  nextCitation: "Source suivante",
  citationOf: (i, n) => `${number(i)} sur ${number(n)}`,
  openInNewTab: "Ouvrir dans un nouvel onglet",
  views: "Affichage du document",
  showPage: "Page",
  showText: "Texte",
  previousPage: "Page précédente",
  nextPage: "Page suivante",
  pageOf: (n, total) => `Page ${number(n)} sur ${number(total)}`,
  pageImage: (n, title) =>
    `Page ${number(n)} de ${title}, sous forme d’image. Son contenu se trouve sous «\u00a0Texte\u00a0».`,
  zoomIn: "Agrandir",
  zoomOut: "Réduire",
  citedWords: "Mots cités",
  documentMoved: "Le document a changé depuis\u202f; les mots cités s’y trouvent maintenant à un autre endroit.",
  documentChanged: "Le document a changé depuis\u202f; les mots cités n’y figurent plus tels quels.",
  similarMarked: "Les plus proches sont marqués en pointillé.",
  documentGone: "Le document a changé depuis\u202f; les mots cités n’y figurent plus.",
  documentRemoved: "Ce document a été retiré.",
  placeUnknown:
    "Le document a changé depuis, et les mots cités ne sont pas connus\u00a0: leur place ne peut pas être vérifiée.",
  wordsWere: "La réponse citait",
  wordsNow: "Le document dit maintenant",
  loadingSource: "Chargement de la source…",
  sourceFailed: "La source n’a pas pu être chargée",
  pageFailed: "La page n’a pas pu être affichée. Son contenu se trouve sous «\u00a0Texte\u00a0».",
  textOnly: "Le passage n’a pas été trouvé sur la page\u202f; il est surligné dans le texte.",
  earlierText: "Le document commence plus haut.",
  laterText: "Le document continue.",
  table: "Tableau",
};

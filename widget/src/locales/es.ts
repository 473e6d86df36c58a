// Every word of the widget in Spanish, with the formal address.

import { figures } from "../figures.js";
import type { Strings } from "./en.js";

const { number, percent, decimal, count } = figures("es-ES");

export const es: Strings = {
  language: "es",
  direction: "ltr",

  // the launcher and the panel
  openChat: "Abrir el chat",
  closeChat: "Cerrar el chat",
  close: "Cerrar",
  title: "Pregunte a nuestros documentos",
  greeting: "Cada frase de la respuesta indica su fuente, o bien se le avisa de que los documentos no lo dicen.",
  menu: "Más",
  newChat: "Chat nuevo",
  eraseHistory: "Borrar el historial",
  historyErased: "La conversación se ha borrado de este navegador.",
  enlarge: "Ampliar",
  shrink: "Reducir",
  suggestions: "Preguntas para empezar",
  conversation: "Conversación",

  // asking
  composer: "Hacer una pregunta",
  question: "Su pregunta",
  placeholder: "Haga una pregunta…",
  send: "Enviar",
  stop: "Detener",
  composerNote: "Las respuestas proceden únicamente de los documentos.",
  tooLong: (length, limit) =>
    `${number(length)} de ${number(limit)} caracteres: acorte la pregunta en ${number(length - limit)}.`,
  remaining: (left) => count(left, { one: "Queda # carácter.", other: "Quedan # caracteres." }),
  busy: "Hay una respuesta en camino. Deténgala para preguntar otra cosa.",

  // while the answer comes
  youAsked: "Usted preguntó:",
  understoodAs: "Entendido como:",
  undoUnderstood: "Preguntar tal como lo escribí",
  undoUnderstoodLabel: "Preguntar tal como lo escribí, sin tener en cuenta lo anterior",
  searching: "Buscando en los documentos…",
  reading: (passages, documents) =>
    `Leyendo ${count(passages, { one: "# pasaje", other: "# pasajes" })} de ${count(documents, { one: "# documento", other: "# documentos" })}…`,
  stillWorking: "Un momento más…",

  // an answer
  marker: (n) => number(n),
  markerLabel: (n, title) => `Fuente ${number(n)}: ${title}`,
  unsupported: "sin respaldo de una fuente",
  partly: "respaldado solo en parte por su fuente",
  notices: {
    model_failed: "El modelo de lenguaje no respondió. En su lugar se citan los documentos, hasta donde dicen algo.",
    model_busy: "El modelo de lenguaje tiene demasiadas preguntas a la vez. En su lugar se citan los documentos, hasta donde dicen algo.",
    no_source: "Ninguna fuente respalda lo que escribió el modelo de lenguaje. En su lugar se citan los documentos, hasta donde dicen algo.",
    model_broke_off: "El modelo de lenguaje se interrumpió: puede que la respuesta no esté completa.",
    sentences_left_out: "No se muestra todo lo que escribió el modelo de lenguaje: ninguna fuente respalda el resto.",
  },
  sources: "Fuentes",
  page: (n) => `página ${number(n)}`,
  supported: (share) => (share === 1 ? "Citado palabra por palabra" : `Respaldado al ${percent(share)}`),
  wholeQuote: "Mostrar la cita completa",
  lessQuote: "Mostrar menos",
  showSource: "Mostrar en el documento",
  confidence: (share) => `Confianza: ${percent(share)}`,
  seconds: (s) => `${s < 0.1 ? "menos de " : ""}${decimal(s)}\u00a0s`,

  // copying
  copy: "Copiar",
  copyAnswer: "Copiar la respuesta",
  copyMarkdown: "Con notas al pie (Markdown)",
  copyPlain: "Con notas al pie (texto sin formato)",
  copyBibtex: "Solo las fuentes (BibTeX)",
  copied: "Copiado",
  copyFailed: "El navegador no permite copiar",

  // no answer
  whichOne: "Varios lugares responden a esto, cada uno para algo distinto. ¿A cuál se refiere?",
  notFound: "Los documentos no lo dicen.",
  notFoundText: "Ningún pasaje responde lo bastante bien como para citarlo como respuesta.",
  notFoundConfidence: (share) => `Probabilidad de que los documentos lo respondan: ${percent(share)}`,
  nearest: (n) => count(n, { one: "El pasaje más cercano", other: "Los # pasajes más cercanos" }),
  nothingNear: "Nada en los documentos se acerca a la pregunta.",
  askInstead: "Pregunte en su lugar",
  rephrase: "Pruebe con otras palabras, o indique el documento, el producto o el año al que se refiere.",

  // rating
  rateGroup: "Valorar esta respuesta",
  rateUp: "Buena respuesta",
  rateDown: "Mala respuesta",
  thanks: "Gracias, queda anotado.",
  thanksDown: "Anotado. Puede indicar abajo qué está mal.",
  withdrawn: "Valoración retirada.",
  ratingGone: "El servicio ya no conserva esta respuesta, por lo que no se puede valorar.",
  ratingFailed: "No se pudo enviar la valoración. Inténtelo de nuevo.",
  sayWhy: "Decir por qué",
  changeWhy: "Cambiar lo que indicó",
  whyTitle: "¿Qué está mal?",
  reasons: {
    wrong: "Es incorrecta",
    incomplete: "Falta algo",
    bad_source: "La fuente no corresponde",
    should_have_answered: "Los documentos sí lo dicen",
    should_not_have_answered: "Los documentos no dicen esto",
    other: "Otra cosa",
  },
  comment: "Con sus propias palabras (opcional)",
  sendReason: "Enviar",
  notNow: "Ahora no",

  // spoken to screen readers
  announceSources: (n) => count(n, { one: "Respuesta completa, # fuente.", other: "Respuesta completa, # fuentes." }),

  // endings and errors
  stopped: "Detenido.",
  stoppedPartial: "Detenido. Las últimas palabras no se compararon con ninguna fuente.",
  interrupted: "Se salió de la página antes de que la respuesta estuviera completa.",
  retry: "Reintentar",
  askAgain: "Preguntar de nuevo",
  lostTitle: "Se perdió la conexión",
  lostText: "La respuesta no llegó completa. Compruebe la red e inténtelo de nuevo.",
  lostPartial: "Lo que había llegado se conserva arriba.",
  offline: "Está sin conexión. Lo dicho se queda aquí; para nuevas preguntas hace falta conexión.",
  offlineText: "Este dispositivo está sin conexión. Inténtelo de nuevo cuando esté conectado.",
  backOnline: "Vuelve a tener conexión.",
  failedTitle: "No se pudo dar la respuesta",
  startFailed: "No se pudo iniciar el chat",
  unreachable: "No se pudo contactar con el servidor. Compruebe la conexión e inténtelo de nuevo.",
  requestFailed: (status) => `El servidor respondió con el estado ${status}.`,
  tooManyTitle: "Demasiadas preguntas a la vez",
  retryAfter: (s) =>
    count(s, { one: "Inténtelo de nuevo dentro de # segundo.", other: "Inténtelo de nuevo dentro de # segundos." }),
  originTitle: "Esta página no puede usar este chat",
  originText: (origin) => `El chat no está configurado para ${origin}.`,
  originHint: (origin) =>
    `Para quien administra esta página: ejecute «footnoted doctor --origin ${origin}» en el servidor.`,
  unknownSite: "Este chat ya no existe",
  unknownSiteText: "Su sitio se eliminó, o su identificador está mal escrito en la página.",

  // the source beside the chat
  sourceTitle: "Fuente",
  closeSource: "Cerrar la fuente",
  previousCitation: "Fuente anterior",
  nextCitation: "Fuente siguiente",
  citationOf: (i, n) => `${number(i)} de ${number(n)}`,
  openInNewTab: "Abrir en una pestaña nueva",
  views: "Cómo mostrar el documento",
  showPage: "Página",
  showText: "Texto",
  previousPage: "Página anterior",
  nextPage: "Página siguiente",
  pageOf: (n, total) => `Página ${number(n)} de ${number(total)}`,
  pageImage: (n, title) => `Página ${number(n)} de ${title}, como imagen. Sus palabras están en «Texto».`,
  zoomIn: "Más grande",
  zoomOut: "Más pequeño",
  citedWords: "Palabras citadas",
  documentMoved: "El documento ha cambiado desde entonces; las palabras citadas están ahora en otro lugar.",
  documentChanged: "El documento ha cambiado desde entonces; las palabras citadas ya no figuran tal como estaban.",
  similarMarked: "Las más parecidas están marcadas con línea discontinua.",
  documentGone: "El documento ha cambiado desde entonces; las palabras citadas ya no figuran en él.",
  documentRemoved: "Este documento se ha retirado.",
  placeUnknown:
    "El documento ha cambiado desde entonces y no se conocen las palabras citadas: no se puede comprobar su lugar.",
  wordsWere: "La respuesta citaba",
  wordsNow: "El documento dice ahora",
  loadingSource: "Cargando la fuente…",
  sourceFailed: "No se pudo cargar la fuente",
  pageFailed: "No se pudo mostrar la página. Su texto está en «Texto».",
  textOnly: "No se encontró el lugar en la página; está resaltado en el texto.",
  earlierText: "El documento empieza antes.",
  laterText: "El documento continúa.",
  table: "Tabla",
};

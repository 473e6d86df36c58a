// Every word of the widget in Russian, with the formal address.

import { figures } from "../figures.js";
import type { Strings } from "./en.js";

const { number, percent, decimal, count } = figures("ru-RU");

export const ru: Strings = {
  language: "ru",
  direction: "ltr",

  // the launcher and the panel
  openChat: "Открыть чат",
  closeChat: "Закрыть чат",
  close: "Закрыть",
  title: "Спросите наши документы",
  greeting: "Каждое предложение ответа называет свой источник, или вы узнаете, что в документах об этом не говорится.",
  menu: "Ещё",
  newChat: "Новый чат",
  eraseHistory: "Стереть историю",
  historyErased: "Беседа стёрта из этого браузера.",
  enlarge: "Увеличить",
  shrink: "Уменьшить",
  suggestions: "Вопросы для начала",
  conversation: "Беседа",

  // asking
  composer: "Задать вопрос",
  question: "Ваш вопрос",
  placeholder: "Задайте вопрос…",
  send: "Отправить",
  stop: "Остановить",
  composerNote: "Ответы берутся только из документов.",
  tooLong: (length, limit) =>
    `${number(length)} из ${number(limit)} знаков: сократите вопрос на ${number(length - limit)}.`,
  remaining: (left) => count(left, { one: "Остался # знак.", few: "Осталось # знака.", many: "Осталось # знаков.", other: "Осталось # знака." }),
  busy: "Ответ уже готовится. Остановите его, чтобы спросить о другом.",

  // while the answer comes
  youAsked: "Вы спросили:",
  understoodAs: "Понято как:",
  undoUnderstood: "Спросить так, как написано",
  undoUnderstoodLabel: "Спросить так, как написано, без учёта сказанного ранее",
  searching: "Поиск в документах…",
  reading: (passages, documents) =>
    `Чтение: ${count(passages, { one: "# фрагмент", few: "# фрагмента", many: "# фрагментов", other: "# фрагмента" })} из ${count(documents, { one: "# документа", few: "# документов", many: "# документов", other: "# документа" })}…`,
  stillWorking: "Нужно ещё немного времени…",

  // an answer
  marker: (n) => number(n),
  markerLabel: (n, title) => `Источник ${number(n)}: ${title}`,
  unsupported: "не подтверждено источником",
  partly: "подтверждено источником лишь частично",
  notices: {
    model_failed: "Языковая модель не ответила. Вместо этого цитируются документы, насколько что-то нашлось.",
    model_busy: "У языковой модели слишком много вопросов сразу. Вместо этого цитируются документы, насколько что-то нашлось.",
    no_source: "Ни один источник не подтверждает того, что написала языковая модель. Вместо этого цитируются документы, насколько в них об этом сказано.",
    model_broke_off: "Языковая модель прервалась: ответ может быть неполным.",
    sentences_left_out: "Показано не всё, что написала языковая модель: остальное не подтверждает ни один источник.",
  },
  sources: "Источники",
  page: (n) => `стр. ${number(n)}`,
  supported: (share) => (share === 1 ? "Дословная цитата" : `Подтверждено на ${percent(share)}`),
  wholeQuote: "Показать цитату целиком",
  lessQuote: "Показать меньше",
  showSource: "Показать в документе",
  confidence: (share) => `Уверенность ${percent(share)}`,
  seconds: (s) => `${s < 0.1 ? "меньше " : ""}${decimal(s)}\u00a0с`,

  // copying
  copy: "Копировать",
  copyAnswer: "Копировать ответ",
  copyMarkdown: "Со сносками (Markdown)",
  copyPlain: "Со сносками (простой текст)",
  copyBibtex: "Только источники (BibTeX)",
  copied: "Скопировано",
  copyFailed: "Браузер не разрешает копировать",

  // no answer
  whichOne: "На это отвечают несколько мест, каждое о своём. Что вы имеете в виду?",
  notFound: "В документах об этом не говорится.",
  notFoundText: "Ни один фрагмент не отвечает на вопрос настолько хорошо, чтобы привести его как ответ.",
  notFoundConfidence: (share) => `Вероятность, что ответ есть в документах: ${percent(share)}`,
  nearest: (n) =>
    count(n, { one: "Ближайший фрагмент", few: "# ближайших фрагмента", many: "# ближайших фрагментов", other: "# ближайшего фрагмента" }),
  nothingNear: "В документах нет ничего близкого к вопросу.",
  askInstead: "Спросите вместо этого",
  rephrase: "Попробуйте другие слова или назовите документ, продукт или год, который имеете в виду.",

  // rating
  rateGroup: "Оценить этот ответ",
  rateUp: "Хороший ответ",
  rateDown: "Плохой ответ",
  thanks: "Спасибо, мы это отметили.",
  thanksDown: "Отмечено. Ниже можно сказать, что не так.",
  withdrawn: "Оценка отозвана.",
  ratingGone: "Этот ответ больше не хранится в службе, поэтому его нельзя оценить.",
  ratingFailed: "Оценку не удалось отправить. Попробуйте ещё раз.",
  sayWhy: "Указать причину",
  changeWhy: "Изменить сказанное",
  whyTitle: "Что в нём не так?",
  reasons: {
    wrong: "Он неверен",
    incomplete: "Чего-то не хватает",
    bad_source: "Источник не подходит",
    should_have_answered: "В документах об этом сказано",
    should_not_have_answered: "В документах этого нет",
    other: "Другое",
  },
  comment: "Своими словами (необязательно)",
  sendReason: "Отправить",
  notNow: "Не сейчас",

  // spoken to screen readers
  announceSources: (n) =>
    count(n, {
      one: "Ответ готов, # источник.",
      few: "Ответ готов, # источника.",
      many: "Ответ готов, # источников.",
      other: "Ответ готов, # источника.",
    }),

  // endings and errors
  stopped: "Остановлено.",
  stoppedPartial: "Остановлено. Последние слова не были сверены с источником.",
  interrupted: "Страница была закрыта до того, как ответ был готов.",
  retry: "Повторить",
  askAgain: "Спросить ещё раз",
  lostTitle: "Связь прервалась",
  lostText: "Ответ пришёл не полностью. Проверьте сеть и попробуйте ещё раз.",
  lostPartial: "То, что успело прийти, сохранено выше.",
  offline: "Вы не в сети. Сказанное остаётся здесь; для новых вопросов нужна связь.",
  offlineText: "Это устройство не в сети. Попробуйте ещё раз, когда связь появится.",
  backOnline: "Вы снова в сети.",
  failedTitle: "Ответ дать не удалось",
  startFailed: "Чат не удалось запустить",
  unreachable: "Сервер недоступен. Проверьте соединение и попробуйте ещё раз.",
  requestFailed: (status) => `Сервер ответил со статусом ${status}.`,
  tooManyTitle: "Слишком много вопросов сразу",
  retryAfter: (s) =>
    count(s, {
      one: "Попробуйте ещё раз через # секунду.",
      few: "Попробуйте ещё раз через # секунды.",
      many: "Попробуйте ещё раз через # секунд.",
      other: "Попробуйте ещё раз через # секунды.",
    }),
  originTitle: "Этой странице нельзя использовать этот чат",
  originText: (origin) => `Чат не настроен для ${origin}.`,
  originHint: (origin) => `Владельцу этой страницы: выполните на сервере «footnoted doctor --origin ${origin}».`,
  unknownSite: "Этого чата больше нет",
  unknownSiteText: "Его сайт удалён, или его идентификатор на странице написан с ошибкой.",

  // the source beside the chat
  sourceTitle: "Источник",
  closeSource: "Закрыть источник",
  previousCitation: "Предыдущий источник",
  nextCitation: "Следующий источник",
  citationOf: (i, n) => `${number(i)} из ${number(n)}`,
  openInNewTab: "Открыть в новой вкладке",
  views: "Вид документа",
  showPage: "Страница",
  showText: "Текст",
  previousPage: "Предыдущая страница",
  nextPage: "Следующая страница",
  pageOf: (n, total) => `Страница ${number(n)} из ${number(total)}`,
  pageImage: (n, title) => `Страница ${number(n)} документа ${title} в виде изображения. Её слова — под «Текст».`,
  zoomIn: "Крупнее",
  zoomOut: "Мельче",
  citedWords: "Процитированные слова",
  documentMoved: "Документ с тех пор изменился; процитированные слова стоят теперь в другом месте.",
  documentChanged: "Документ с тех пор изменился; процитированных слов в прежнем виде там больше нет.",
  similarMarked: "Самые похожие отмечены пунктиром.",
  documentGone: "Документ с тех пор изменился; процитированных слов в нём больше нет.",
  documentRemoved: "Этот документ удалён.",
  placeUnknown: "Документ с тех пор изменился, а процитированные слова неизвестны: их место нельзя проверить.",
  wordsWere: "Цитировалось",
  wordsNow: "Теперь в документе стоит",
  loadingSource: "Источник загружается…",
  sourceFailed: "Источник не удалось загрузить",
  pageFailed: "Страницу не удалось показать. Её слова — под «Текст».",
  textOnly: "Место на странице найти не удалось; в тексте оно отмечено.",
  earlierText: "Документ начинается раньше.",
  laterText: "Документ продолжается.",
  table: "Таблица",
};

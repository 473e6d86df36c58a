// Every word of the widget in Arabic.

import { figures } from "../figures.js";
import type { Strings } from "./en.js";

const { number, percent, decimal, count } = figures("ar");

// Addresses and commands are written from left to right, also inside these words.
const leftToRight = (text: string): string => `\u2066${text}\u2069`;
/** Other people's words keep the direction of their own first letters. */
const asWritten = (text: string): string => `\u2068${text}\u2069`;

const PASSAGES = {
  one: "مقطع واحد",
  two: "مقطعين",
  few: "# مقاطع",
  many: "# مقطعًا",
  other: "# مقطع",
};
const DOCUMENTS = {
  one: "مستند واحد",
  two: "مستندين",
  few: "# مستندات",
  many: "# مستندًا",
  other: "# مستند",
};
const SOURCES = {
  zero: "دون مصادر",
  one: "مصدر واحد",
  two: "مصدران",
  few: "# مصادر",
  many: "# مصدرًا",
  other: "# مصدر",
};

export const ar: Strings = {
  language: "ar",
  direction: "rtl",

  // the launcher and the panel
  openChat: "فتح المحادثة",
  closeChat: "إغلاق المحادثة",
  close: "إغلاق",
  title: "اسأل مستنداتنا",
  greeting: "كل جملة في الإجابة تذكر مصدرها، وإلا فستعلم أن المستندات لا تتناول ذلك.",
  menu: "المزيد",
  newChat: "محادثة جديدة",
  eraseHistory: "محو السجل",
  historyErased: "مُحيت المحادثة من هذا المتصفح.",
  enlarge: "توسيع النافذة",
  shrink: "تصغير النافذة",
  suggestions: "أسئلة للبدء",
  conversation: "المحادثة",

  // asking
  composer: "طرح سؤال",
  question: "سؤالك",
  placeholder: "اطرح سؤالًا…",
  send: "إرسال",
  stop: "إيقاف",
  composerNote: "الإجابات مأخوذة من المستندات وحدها.",
  tooLong: (length, limit) =>
    `عدد الأحرف ${number(length)} والحد الأقصى ${number(limit)}: اختصر السؤال بمقدار ${number(length - limit)}.`,
  remaining: (left) =>
    count(left, {
      zero: "لم يتبقَّ أي حرف.",
      one: "تبقى حرف واحد.",
      two: "تبقى حرفان.",
      few: "تبقت # أحرف.",
      many: "تبقى # حرفًا.",
      other: "تبقى # حرف.",
    }),
  busy: "الإجابة قيد الإعداد. أوقفها لتسأل عن شيء آخر.",

  // while the answer comes
  youAsked: "سؤالك:",
  understoodAs: "فُهم السؤال هكذا:",
  undoUnderstood: "اسأل كما كتبتُه",
  undoUnderstoodLabel: "اسأل كما كتبتُه، دون مراعاة ما قيل من قبل",
  searching: "جارٍ البحث في المستندات…",
  reading: (passages, documents) =>
    `جارٍ قراءة ${count(passages, PASSAGES)} من ${count(documents, DOCUMENTS)}…`,
  stillWorking: "ما زال العمل جاريًا…",

  // an answer
  marker: (n) => number(n),
  markerLabel: (n, title) => `المصدر ${number(n)}: ${asWritten(title)}`,
  unsupported: "لا يدعمه مصدر",
  partly: "يدعمه مصدره جزئيًا فقط",
  notices: {
    model_failed: "لم يُجب النموذج اللغوي. تُقتبس المستندات بدلًا من ذلك، بقدر ما تذكر شيئًا.",
    model_busy: "لدى النموذج اللغوي أسئلة كثيرة في الوقت نفسه. تُقتبس المستندات بدلًا من ذلك، بقدر ما تذكر شيئًا.",
    no_source: "لا يدعم أي مصدر ما كتبه النموذج اللغوي. تُقتبس المستندات بدلًا من ذلك، بقدر ما تذكر شيئًا.",
    model_broke_off: "توقّف النموذج اللغوي قبل أن يُتمّ: قد لا تكون الإجابة كاملة.",
    sentences_left_out: "لا يُعرض كل ما كتبه النموذج اللغوي: لا يدعم أي مصدر بقيّته.",
  },
  sources: "المصادر",
  page: (n) => `الصفحة ${number(n)}`,
  supported: (share) => (share === 1 ? "اقتباس حرفي" : `مدعوم بنسبة ${percent(share)}`),
  wholeQuote: "عرض الاقتباس كاملًا",
  lessQuote: "عرض أقل",
  showSource: "عرض في المستند",
  confidence: (share) => `درجة الثقة ${percent(share)}`,
  seconds: (s) => `${s < 0.1 ? "أقل من " : ""}${decimal(s)}\u00a0ث`,

  // copying
  copy: "نسخ",
  copyAnswer: "نسخ الإجابة",
  copyMarkdown: `مع الحواشي (${leftToRight("Markdown")})`,
  copyPlain: "مع الحواشي (نص عادي)",
  copyBibtex: `المصادر فقط (${leftToRight("BibTeX")})`,
  copied: "تم النسخ",
  copyFailed: "المتصفح يمنع النسخ",

  // no answer
  whichOne: "هناك عدة مواضع تجيب عن هذا، كلٌّ منها عن شيء مختلف. أيّها تقصد؟",
  notFound: "لا تذكر المستندات ذلك.",
  notFoundText: "لا يوجد مقطع يجيب عن هذا السؤال بما يكفي ليُقتبس إجابةً.",
  notFoundConfidence: (share) => `احتمال أن تجيب المستندات عنه: ${percent(share)}`,
  nearest: (n) =>
    count(n, {
      one: "أقرب مقطع",
      two: "أقرب مقطعين",
      few: "أقرب # مقاطع",
      many: "أقرب # مقطعًا",
      other: "أقرب # مقطع",
    }),
  nothingNear: "لا شيء في المستندات يقترب من السؤال.",
  askInstead: "يمكنك أن تسأل",
  rephrase: "جرّب كلمات أخرى، أو اذكر المستند أو المنتج أو السنة التي تقصدها.",

  // rating
  rateGroup: "تقييم هذه الإجابة",
  rateUp: "إجابة جيدة",
  rateDown: "إجابة سيئة",
  thanks: "شكرًا، سُجّل ذلك.",
  thanksDown: "سُجّل ذلك. يمكنك أن توضح أدناه ما الخطأ.",
  withdrawn: "سُحب التقييم.",
  ratingGone: "لم تعد الخدمة تحتفظ بهذه الإجابة، لذا لا يمكن تقييمها.",
  ratingFailed: "تعذر إرسال التقييم. حاول مرة أخرى.",
  sayWhy: "توضيح السبب",
  changeWhy: "تعديل ما ذكرته",
  whyTitle: "ما الخطأ فيها؟",
  reasons: {
    wrong: "إنها خاطئة",
    incomplete: "ينقصها شيء",
    bad_source: "المصدر غير مناسب",
    should_have_answered: "المستندات تذكر الإجابة",
    should_not_have_answered: "المستندات لا تقول ذلك",
    other: "شيء آخر",
  },
  comment: "بكلماتك أنت (اختياري)",
  sendReason: "إرسال",
  notNow: "ليس الآن",

  // spoken to screen readers
  announceSources: (n) => `اكتملت الإجابة، ${count(n, SOURCES)}.`,

  // endings and errors
  stopped: "تم الإيقاف.",
  stoppedPartial: "تم الإيقاف. لم تُقارن الكلمات الأخيرة بمصدر.",
  interrupted: "غودرت الصفحة قبل اكتمال الإجابة.",
  retry: "إعادة المحاولة",
  askAgain: "السؤال مرة أخرى",
  lostTitle: "انقطع الاتصال",
  lostText: "لم تصل الإجابة كاملة. تحقق من الشبكة وحاول مرة أخرى.",
  lostPartial: "ما وصل منها باقٍ أعلاه.",
  offline: "أنت غير متصل بالإنترنت. تبقى المحادثة هنا؛ أما الأسئلة الجديدة فتحتاج إلى اتصال.",
  offlineText: "هذا الجهاز غير متصل بالإنترنت. حاول مرة أخرى بعد الاتصال.",
  backOnline: "عاد الاتصال بالإنترنت.",
  failedTitle: "تعذر تقديم الإجابة",
  startFailed: "تعذر بدء المحادثة",
  unreachable: "تعذر الوصول إلى الخادم. تحقق من الاتصال ثم حاول مجددًا.",
  requestFailed: (status) => `أجاب الخادم بالحالة ${status}.`,
  tooManyTitle: "أسئلة كثيرة في وقت واحد",
  retryAfter: (s) =>
    count(s, {
      zero: "حاول مرة أخرى الآن.",
      one: "حاول مرة أخرى بعد ثانية واحدة.",
      two: "حاول مرة أخرى بعد ثانيتين.",
      few: "حاول مرة أخرى بعد # ثوانٍ.",
      many: "حاول مرة أخرى بعد # ثانية.",
      other: "حاول مرة أخرى بعد # ثانية.",
    }),
  originTitle: "لا يُسمح لهذه الصفحة باستخدام هذه المحادثة",
  originText: (origin) => `لم تُعدّ المحادثة للموقع ${leftToRight(origin)}.`,
  originHint: (origin) =>
    `لمسؤول هذه الصفحة: شغّل الأمر «${leftToRight(`footnoted doctor --origin ${origin}`)}» على الخادم.`,
  unknownSite: "لم تعد هذه المحادثة موجودة",
  unknownSiteText: "حُذف موقعها، أو أن معرّفه مكتوب خطأً في الصفحة.",

  // the source beside the chat
  sourceTitle: "المصدر",
  closeSource: "إغلاق المصدر",
  previousCitation: "المصدر السابق",
  nextCitation: "المصدر التالي",
  citationOf: (i, n) => `${number(i)} من ${number(n)}`,
  openInNewTab: "فتح في علامة تبويب جديدة",
  views: "طريقة عرض المستند",
  showPage: "الصفحة",
  showText: "النص",
  previousPage: "الصفحة السابقة",
  nextPage: "الصفحة التالية",
  pageOf: (n, total) => `الصفحة ${number(n)} من ${number(total)}`,
  pageImage: (n, title) => `الصفحة ${number(n)} من ${asWritten(title)}، كصورة. كلماتها تحت «النص».`,
  zoomIn: "تكبير",
  zoomOut: "تصغير",
  citedWords: "الكلمات المقتبسة",
  documentMoved: "تغيّر المستند منذ ذلك الحين؛ الكلمات المقتبسة موجودة الآن في موضع آخر منه.",
  documentChanged: "تغيّر المستند منذ ذلك الحين؛ لم تعد الكلمات المقتبسة كما كانت.",
  similarMarked: "أقرب الكلمات إليها مميَّزة بخط متقطع.",
  documentGone: "تغيّر المستند منذ ذلك الحين؛ لم تعد الكلمات المقتبسة موجودة فيه.",
  documentRemoved: "أُزيل هذا المستند.",
  placeUnknown: "تغيّر المستند منذ ذلك الحين، والكلمات المقتبسة غير معروفة: لا يمكن التحقق من موضعها.",
  wordsWere: "اقتبست الإجابة",
  wordsNow: "يقول المستند الآن",
  loadingSource: "جارٍ تحميل المصدر…",
  sourceFailed: "تعذر تحميل المصدر",
  pageFailed: "تعذر عرض الصفحة. نصها تحت «النص».",
  textOnly: "تعذر العثور على الموضع في الصفحة؛ وهو مميَّز في النص.",
  earlierText: "يبدأ المستند قبل هذا.",
  laterText: "للمستند تتمة.",
  table: "جدول",
};

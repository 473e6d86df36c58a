// Every word of the operator's pages, in one place.

const locale = "en-GB";

const number = new Intl.NumberFormat(locale);
const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });

const count = (n, one, many) => `${number.format(n)}\u00a0${n === 1 ? one : many}`;

/** Never rounds up to certainty or down to nothing. */
export function percent(share) {
  if (share > 0 && share < 0.01) return "under 1\u00a0%";
  return `${share < 1 ? Math.min(99, Math.round(share * 100)) : 100}\u00a0%`;
}

export const when = (iso) => (Number.isNaN(Date.parse(iso)) ? "" : dateTime.format(new Date(iso)));
export const plainNumber = (n) => number.format(n);

export const words = {
  title: "Operator",
  skip: "Skip to the content",
  nav: "Sections",
  openChat: "Open the chat",
  signOut: "Sign out",
  newTab: "(opens in a new tab)",
  retry: "Retry",
  cancel: "Cancel",
  delete: "Delete",
  save: "Save",
  copy: "Copy",
  copied: "Copied",
  copyFailed: "Copying is blocked by the browser",
  more: "Show more",
  unknown: "not known",

  signInTitle: "Sign in",
  signInText: "Paste the operator’s token. The server prints a link that holds it when it starts; it is also in the file admin.token of the data folder.",
  token: "Token",
  signIn: "Sign in",
  signedOut: "You are signed out.",
  expired: "You were signed out, because 12 hours have passed or the token was replaced.",
  tokenMissing: "Paste the token first.",
  showToken: "Show the token",
  signInByName: "Sign in with your name and password.",
  name: "Name",
  password: "Password",
  code: "Code",
  codeHint: "Of your authenticator app, if you use one.",
  nameMissing: "Give your name and your password.",
  showPassword: "Show the password",
  useToken: "Use the operator’s token instead",
  useName: "Use name and password instead",
  useOidc: "Sign in with your organisation",
  signOutEverywhere: "Sign out everywhere",
  signedOutEverywhere: "You are signed out on every browser.",

  collection: "Collection",
  noCollections: "There is no collection yet.",
  toCollections: "Make one first",

  sections: {
    collections: "Collections",
    documents: "Documents",
    upload: "Upload",
    sources: "Sources",
    quality: "Quality",
    jobs: "Jobs",
    questions: "Questions",
    sites: "Sites",
    keys: "Keys",
  },

  collections: {
    intro: "A collection is a set of documents that is asked as one.",
    name: "Name",
    documents: "Documents",
    passages: "Passages",
    encoder: "Encoder",
    created: "Created",
    actions: "Actions",
    new: "New collection",
    nameLabel: "Name",
    nameHint: "Letters, digits, dots, dashes and underscores; 64 at most.",
    create: "Create",
    createdNow: (name) => `The collection ${name} is there.`,
    upload: "Upload",
    export: "Export",
    exportLabel: (name) => `Export the collection ${name} as one file`,
    reindex: "Build anew",
    reindexLabel: (name) => `Build anew the collection ${name}, with the present settings`,
    reindexBegun: (name) => `The collection ${name} is being built anew; what it has answers meanwhile. See Jobs.`,
    deleteLabel: (name) => `Delete the collection ${name}`,
    uploadLabel: (name) => `Upload to ${name}`,
    deleteTitle: (name) => `Delete the collection ${name}?`,
    deleteText: (documents) =>
      documents
        ? `${count(documents, "document", "documents")} will be gone and answer no more questions. This cannot be undone.`
        : "It holds no documents.",
    deleted: (name) => `The collection ${name} was deleted.`,
  },

  documents: {
    search: "Search by title or address",
    order: "Order",
    orders: { title: "By title", newest: "Newest first", fewest_passages: "Fewest passages first" },
    none: "There are no documents in this collection yet.",
    noneFound: (search) => `No title or address holds “${search}”.`,
    upload: "Upload documents",
    shown: (shown, total) =>
      shown < total ? `${number.format(shown)} of ${count(total, "document", "documents")}` : count(total, "document", "documents"),
    titleColumn: "Title",
    state: "State",
    pages: "Pages",
    passages: "Passages",
    language: "Language",
    added: "Taken in",
    actions: "Actions",
    states: { in_use: "In use", replacing: "New version is being read", outdated: "Last upload failed" },
    outdated: "The version before answers.",
    withoutText: (n, total) => `${number.format(n)} of ${count(total, "page", "pages")} without text, such as scans`,
    thin: "Hardly any text for its pages",
    noPassages: "No passages: it can answer nothing",
    finding: (title, pages) => (pages ? `${title} (${count(pages, "page", "pages")})` : title),
    ofDocument: (title) => `in ${title}`,
    noPages: "–",
    view: "View",
    viewLabel: (title) => `View ${title}`,
    replace: "Replace",
    replaceLabel: (title) => `Replace ${title} by a new version`,
    deleteLabel: (title) => `Delete ${title}`,
    deleteTitle: "Delete this document?",
    deleteText: (title) => `“${title}” stops answering at once.`,
    deleteSynced: (title) => `“${title}” stops answering at once. It comes from a folder: the next ingest of the folder reads it again.`,
    deleted: (title) => `${title} was deleted.`,
    replacing: (title) => `The new version of ${title} is being sent.`,
    replaced: { added: "Replaced.", changed: "Replaced.", unchanged: "That file is the same as before." },
    origins: { upload: "Upload", file: "Folder", http: "Web", https: "Web" },
  },

  upload: {
    intro: "PDF, Word, PowerPoint, Excel, OpenDocument text, EPUB, RTF, HTML, Markdown, reStructuredText, CSV, JSON, e-mail, source code, plain text.",
    drop: "Drop files here, or anywhere on the page",
    notYet: "Nothing was taken: drop the files again once the collection is shown.",
    choose: "Choose files",
    limit: (mb) => `At most ${number.format(mb)} MiB at a time. An upload takes the place of an earlier upload of the same name.`,
    files: "Files",
    done: (added, failed) =>
      `${count(added, "file", "files")} taken in${failed ? `, ${count(failed, "file", "files")} not` : ""}.`,
    tooLarge: (mb, limit) => `The file has ${number.format(mb)} MiB; at most ${number.format(limit)} go.`,
    tooLargeHint: "Raise the setting server.max_upload_mb, or use footnoted ingest on the server’s machine.",
    seeDocuments: "See the documents",
    clear: "Clear the list",
  },

  quality: {
    intro: "What may cost answers, found while the documents were read. Nothing here keeps a document from answering.",
    empty: "There are no documents in this collection yet.",
    nothing: "Nothing was found that may cost answers.",
    nothingHere: "Nothing was found in this document that may cost answers.",
    documents: (n) => count(n, "document", "documents"),
    passages: (n) => count(n, "passage", "passages"),
    withFindings: (n) => `${number.format(n)} with findings`,
    failed: (n) => `${count(n, "source", "sources")} failed`,
    notAssessed: (n) => `${number.format(n)} not looked at`,
    listed: (n) => (n === 1 ? "Show it" : "Show them"),
    moreOf: (title) => `Show more: ${title}`,
    others: (n) => `and ${count(n, "other", "others")}`,
    pages: "Pages",
    pageOf: (page, title) => `Page ${number.format(page)} of ${title}`,
    morePages: (n) => `and ${number.format(n)} more`,
    toCollection: (name) => `Quality of ${name}`,
    codes: {
      pages_without_text: "Pages without text",
      pages_by_ocr: "Pages read by text recognition",
      columns_scrambled: "Columns that may be mixed up",
      tables_flattened: "Tables without their columns",
      little_text: "Pages with hardly a word",
      replacement_characters: "Characters that could not be read",
      mojibake: "Garbled letters",
      language_not_covered: "Languages that the encoder does not know",
      passages_very_long: "Passages too long for the encoder",
      passages_very_short: "Many very short passages",
      repeated_text: "The same paragraph again and again",
      no_headings: "Long texts without headings",
    },
    failedTitle: (n) => `Sources that could not be read (${number.format(n)})`,
    failedHint: "They are tried again when they change.",
    newerFailed: "A newer version could not be read",
    duplicates: {
      title: (n) => `The same text more than once (${count(n, "group", "groups")})`,
      hint: "Each copy takes a place among the hits. Keep one of them.",
    },
    nearIdentical: {
      title: (n) => `Nearly identical documents (${count(n, "group", "groups")})`,
      hint: "Perhaps versions of one document: answers may come from an old one. The share is that of word sequences in common with the first.",
    },
    alikeTitle: "Documents that say nearly the same",
    sameText: "the same text",
    alike: (share) => `${share} alike`,
    notAssessedTitle: (n) => `Not looked at (${count(n, "document", "documents")})`,
    notAssessedHint: "Taken in by an earlier version, which did not look at quality. What is removed and taken in again is looked at.",
  },

  sources: {
    intro: "Where the documents of this collection came from. A sync reads what is new or changed in a folder or on the web, and takes out what is gone.",
    none: "There are no documents in this collection yet.",
    kinds: { uploads: "Uploads", folder: "Folder", web: "Web", other: "Other" },
    latest: (iso) => `last taken in ${when(iso)}`,
    documents: (n) => count(n, "document", "documents"),
    passages: (n) => count(n, "passage", "passages"),
    sync: "Sync now",
    syncLabel: (place) => `Sync now: ${place}`,
    synced: (place, { added = 0, changed = 0, moved = 0, removed = 0, failed = 0 }) => {
      const told = [[added, "added"], [changed, "changed"], [moved, "moved"], [removed, "taken out"], [failed, "failed"]];
      const parts = told.filter(([n]) => n).map(([n, what]) => `${number.format(n)} ${what}`);
      return `${place}: ${parts.join(", ") || "nothing changed"}.`;
    },
    goesOn: "The sync goes on; see Jobs.",
    failed: (n) => `${count(n, "file", "files")} could not be read:`,
    seeJobs: "All in Jobs",
    command: "The same as a command",
    copyLabel: (place) => `Copy the command for ${place}`,
    missing: "This folder is not on the server’s machine now. Its documents still answer.",
    uploads: "Sent by browser or API",
    uploadMore: "Upload more",
    newTitle: "Take in another place",
    newLabel: "Folder, file or web address",
    newHint: "A path on the server’s machine, or the address of a page or sitemap.",
    take: "Take in",
    newText: "Or, on the server’s machine:",
    newCommand: (collection) => `footnoted ingest PATH --collection ${collection}`,
  },

  jobs: {
    intro: "Uploads and syncs, and what became of each file.",
    none: "Nothing was uploaded or synced yet.",
    status: { queued: "Waiting", running: "Running", done: "Done", partial: "Some files failed", failed: "Failed", cancelled: "Cancelled" },
    cancelling: "Stopping",
    kinds: { upload: "Upload", sync: "Sync", reindex: "Build anew" },
    counts: { failed: "failed", added: "added", changed: "changed", moved: "moved", removed: "taken out", unchanged: "unchanged", cancelled: "cancelled" },
    into: (collection) => `into ${collection}`,
    files: (n) => count(n, "file", "files"),
    more: (n) => `and ${count(n, "more file", "more files")}`,
    morePlaces: (n) => `and ${number.format(n)} more`,
  },

  questions: {
    intro: (days) => `What people asked, kept for ${count(days, "day", "days")} (the setting questions.keep_days).`,
    off: "This server keeps no questions: the setting questions.keep_days is 0.",
    filter: "Show",
    only: { all: "All", not_found: "Not found", down: "Thumbs down" },
    none: { all: "Nothing was asked yet.", not_found: "Every question was answered.", down: "No answer was rated down." },
    status: { answered: "Answered", not_found: "Not found" },
    confidence: (share) => `confidence ${percent(share)}`,
    understoodAs: (text) => `Understood as: ${text}`,
    notFound: "The documents do not say.",
    citations: "Citations",
    nearest: "Nearest documents",
    page: (n) => `page ${number.format(n)}`,
    details: "Answer and sources",
    up: "Thumbs up",
    down: "Thumbs down",
    reasons: {
      wrong: "it is wrong",
      incomplete: "something is missing",
      bad_source: "the source does not fit",
      should_have_answered: "the documents do tell",
      should_not_have_answered: "the documents do not tell this",
      other: "something else",
    },
  },

  keys: {
    intro: "An API key lets a program, or a person on the chat page, do what its scopes say. As long as there is no key, everybody who reaches a server on this machine may ask and ingest; with the first key that ends, unless the setting access.anonymous says otherwise.",
    none: "There is no key yet.",
    newTitle: "New key",
    nameHint: "What it is for, to tell it from others.",
    scopes: "What it may do",
    scopeNames: { ask: "Ask and read", ingest: "Take in and delete documents", admin: "Administer, and see everything" },
    collections: "Collections",
    collectionsHint: "One a line. Empty: all.",
    labels: "Access labels",
    labelsHint: "One a line. It finds documents with these labels, besides those without any.",
    expires: "Days until it expires",
    expiresHint: "Empty: never.",
    create: "Create the key",
    shownOnce: (name) => `The secret of ${name}. It is shown this once: copy it now.`,
    copySecret: "Copy the secret",
    caption: "API keys",
    columns: { name: "Name", begins: "Begins", scopes: "Scopes", limits: "Collections and labels", expires: "Expires", used: "Last used", state: "State", actions: "Actions" },
    states: { good: "Good", expired: "Expired", revoked: "Revoked" },
    all: "all",
    without: "without labels",
    never: "never",
    rotate: "New secret",
    rotateLabel: (name) => `New secret for ${name}`,
    rotateTitle: (name) => `A new secret for ${name}?`,
    rotateText: "The present secret ends at once. For a time in which both are good: footnoted keys rotate --overlap 24h",
    rotateConfirm: "Make a new secret",
    revoke: "Revoke",
    revokeLabel: (name) => `Revoke ${name}`,
    revokeTitle: (name) => `Revoke the key ${name}?`,
    revokeText: "Whoever uses it is turned away at once. This cannot be undone.",
    revoked: (name) => `The key ${name} was revoked.`,
  },

  sites: {
    intro: "A site is a web site that shows the chat as a widget. It needs no secret: the server answers only pages of the origins that are listed here.",
    none: "No site is set up yet.",
    new: "New site",
    edit: "Settings",
    editLabel: (name) => `Settings of ${name}`,
    back: "All sites",
    newTitle: "New site",
    origins: (n) => count(n, "origin", "origins"),
    noOrigins: "No origins yet: only the preview works",
    deleteTitle: (name) => `Delete the site ${name}?`,
    deleteText: "Its widget stops answering at once, on every page that has the script tag.",
    deleted: (name) => `The site ${name} was deleted.`,
    saved: "Saved. Visitors see it when they next open the page.",
    created: "The site is there. Copy the script tag into its pages.",
    tag: "Script tag",
    tagHint: "Put it into every page that is to show the chat, before </body>.",
    copyTag: "Copy the script tag",
    check: "Check a page",
    checkHint: "Tests what a browser needs: certificate, origin, Content-Security-Policy, streaming.",
    copyCheck: "Copy the command",
    preview: "Preview",
    previewHint: "The widget as saved, on a plain page: press its button. It asks the real documents.",
    previewTitle: (name) => `Preview of ${name}`,
    fields: {
      name: "Name",
      nameHint: "For you, to tell it from other sites.",
      collection: "Collection",
      origins: "Allowed origins",
      originsHint: "One a line, such as https://www.example.org. https://*.example.org stands for all subdomains.",
      appearance: "What visitors see",
      title: "Title",
      titleHint: "At the top of the chat. Empty: the name.",
      greeting: "Greeting",
      suggestions: "Questions to start with",
      suggestionsHint: "One a line.",
      placeholder: "Words in the empty question field",
      placeholderHint: "Empty: the widget’s own, in the visitor’s language.",
      language: "Language",
      anyLanguage: "The page’s language",
      accent: "Accent colour",
      ownAccent: "Use a colour of its own",
      position: "Corner of the button",
      positions: { right: "Right", left: "Left" },
      feedback: "Take thumbs up and down",
    },
    languages: { en: "English", de: "Deutsch", es: "Español", fr: "Français", zh: "中文", ar: "العربية" },
  },
};

const languageNames = new Intl.DisplayNames([locale], { type: "language", fallback: "code" });

/** A tag as browsers know it: "eng" is "en"; null for what is none. */
export function languageTag(tag) {
  try {
    return Intl.getCanonicalLocales(tag ?? [])[0] ?? null;
  } catch {
    return null;
  }
}

/** The name of a language tag; the tag itself where it has none. */
export function languageName(tag) {
  try {
    return languageNames.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

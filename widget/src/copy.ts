import { doubtOf } from "./doubt.js";
import { en, type Strings } from "./locales/en.js";
import { sectionOf } from "./places.js";
import type { Answer, Citation, Sentence } from "./wire.js";

// An answer for pasting elsewhere. Titles and quotes are other people's words: what has a meaning in the target's
// syntax is escaped, so that they stay words there.

type ViewUrl = (citation: Citation) => string;
type CopyWords = Pick<Strings, "page" | "unsupported" | "partly" | "notFound">;

/** The answer with footnotes as GitHub, Obsidian and Pandoc read them. */
export function asMarkdown(answer: Answer, viewUrl: ViewUrl, words: CopyWords = en): string {
  const body = bodyOf(answer, words, markdownWords, (marker) => `[^${marker}]`);
  const notes = answer.citations.map((citation) => {
    const [title, ...place] = placeOf(citation, words).map(markdownWords);
    const where = place.length ? `, ${place.join(", ")}` : "";
    return `[^${citation.marker}]: “${markdownWords(citation.quote)}” — [${title}](<${linkTarget(viewUrl(citation))}>)${where}`;
  });
  return joined(body, notes);
}

/** The answer with numbers in brackets, and the sources below it. */
export function asPlain(answer: Answer, viewUrl: ViewUrl, words: CopyWords = en): string {
  const body = bodyOf(answer, words, oneLine, (marker) => ` [${marker}]`);
  const notes = answer.citations.map((citation) => {
    const where = placeOf(citation, words).map(oneLine).join(", ");
    return `[${citation.marker}] “${oneLine(citation.quote)}”\n${where}\n${linkTarget(viewUrl(citation))}\n`;
  });
  return joined(body, notes);
}

/** The sources as entries for BibTeX or BibLaTeX; a key stands for the same words of the same document each time. */
export function asBibtex(answer: Answer, viewUrl: ViewUrl, today: Date = new Date()): string {
  return answer.citations.map((citation) => bibtexEntry(citation, viewUrl(citation), today)).join("\n");
}

function bibtexEntry(citation: Citation, url: string, today: Date): string {
  const id = citation.document_id.replace(/[^0-9A-Za-z]/gu, "").slice(0, 12);
  const fields = [
    ["title", `{${bibtexWords(citation.title)}}`],
    ...(citation.page === null ? [] : [["pages", String(citation.page)]]),
    ...(citation.section.length ? [["note", citation.section.map(bibtexWords).join(" › ")]] : []),
    ["annote", `“${bibtexWords(citation.quote)}”`],
    ["url", linkTarget(url)],
    ["urldate", today.toISOString().slice(0, 10)],
  ];
  const lines = fields.map(([name, value]) => `  ${name} = {${value}},`);
  return `@misc{footnoted-${id}-${citation.start}-${citation.end},\n${lines.join("\n")}\n}\n`;
}

function bodyOf(answer: Answer, words: CopyWords, escaped: (text: string) => string, note: (marker: number) => string): string {
  if (answer.status === "not_found") return escaped(words.notFound);
  const cited = new Set(answer.citations.map((citation) => citation.marker));
  return answer.sentences.map((sentence) => sentenceOf(sentence, cited, words, escaped, note)).join(" ");
}

function sentenceOf(
  sentence: Sentence,
  cited: Set<number>,
  words: CopyWords,
  escaped: (text: string) => string,
  note: (marker: number) => string,
): string {
  const doubt = doubtOf(sentence, words);
  const notes = sentence.markers.filter((marker) => cited.has(marker)).map(note);
  return `${escaped(sentence.text)}${notes.join("")}${doubt ? ` (${escaped(doubt)})` : ""}`;
}

const placeOf = (citation: Citation, words: CopyWords): string[] => [
  citation.title,
  ...(citation.page === null ? [] : [words.page(citation.page)]),
  ...[sectionOf(citation)].filter(Boolean),
];

const joined = (body: string, notes: string[]): string => `${[body, notes.join("\n").trimEnd()].filter((part) => part !== "").join("\n\n")}\n`;

/** One line of visible characters: a line break would end a footnote, and U+202E would turn an address around. */
const oneLine = (text: string): string =>
  text
    .replace(/[\u202a-\u202e\u2066-\u2069]/gu, "")
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();

// Web addresses and e-mail addresses in running text become links by themselves; ":" and "@" keep them apart.
const MARKDOWN_ANYWHERE = /[\\`*_[\]<>~$^@]|!(?=\[)|=(?==)|&(?=#?\w+;)|:(?=\/\/)|(?<=\bwww)\.|(?<=\b(?:mailto|xmpp)):/giu;
const MARKDOWN_AT_START = /^(?:[#+\-:]|(\d{1,9})[.)])/u;

function markdownWords(text: string): string {
  return oneLine(text)
    .replace(MARKDOWN_ANYWHERE, "\\$&")
    .replace(MARKDOWN_AT_START, (start) => `${start.slice(0, -1)}\\${start.slice(-1)}`);
}

const BIBTEX: Record<string, string> = {
  "\\": "\\textbackslash{}",
  // BibTeX counts braces, escaped ones too: a lone "\{" would swallow the entries below.
  "{": "\\textbraceleft{}",
  "}": "\\textbraceright{}",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
  $: "\\$",
  "&": "\\&",
  "%": "\\%",
  "#": "\\#",
  _: "\\_",
  "@": "\\char64{}",
};

const bibtexWords = (text: string): string => oneLine(text).replace(/[\\{}^~$&%#_@]/gu, (character) => BIBTEX[character] ?? character);

/** The address with everything encoded after its host that could end a link in Markdown, TeX or running text. */
function linkTarget(url: string): string {
  const [, host = "", rest = url] = /^(https?:\/\/[^\s/?#<>]+)(.*)$/su.exec(url) ?? [];
  return host + rest.replace(/[\s\p{Cc}<>()[\]{}\\^`|"'*]/gu, percentEncoded);
}

const percentEncoded = (character: string): string =>
  [...new TextEncoder().encode(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");

import { html, type TemplateResult } from "lit";
import { languageName } from "./language-name.js";
import type { Strings } from "./locales/en.js";
import type { Range } from "./codepoints.js";
import type { Citation } from "./wire.js";

type Place = Pick<Citation, "title" | "page" | "section" | "language">;

/** The headings that a place is below, without what only says the title again. */
export const sectionOf = ({ title, section }: Place): string => section.filter((heading) => heading !== title).join(" › ");

/** Where in the document: page and section, and its language where it is not the reader's; as facts in a row. */
export function placeOf(place: Place, strings: Strings): TemplateResult[] {
  const section = sectionOf(place);
  const parts: TemplateResult[] = [];
  if (place.page) parts.push(html`<span>${strings.page(place.page)}</span>`);
  if (section) parts.push(html`<span><bdi>${section}</bdi></span>`);
  const language = languageName(place.language, strings);
  if (language) parts.push(html`<span class="language">${language}</span>`);
  return parts;
}

/** Text with the characters of a range in bold. */
export function withStrong(text: string, range: Range | null): string | TemplateResult {
  if (!range) return text;
  return html`${text.slice(0, range[0])}<strong>${text.slice(...range)}</strong>${text.slice(range[1])}`;
}

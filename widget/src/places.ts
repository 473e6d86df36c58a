import { html, type TemplateResult } from "lit";
import type { Strings } from "./locales/en.js";
import type { Range } from "./codepoints.js";

/** Where in the document: page and section, as facts in a row. */
export function placeOf({ page, section }: { page: number | null; section: string[] }, strings: Strings): TemplateResult[] {
  const parts: TemplateResult[] = [];
  if (page) parts.push(html`<span>${strings.page(page)}</span>`);
  if (section.length) parts.push(html`<span><bdi>${section.join(" › ")}</bdi></span>`);
  return parts;
}

/** Text with the characters of a range in bold. */
export function withStrong(text: string, range: Range | null): string | TemplateResult {
  if (!range) return text;
  return html`${text.slice(0, range[0])}<strong>${text.slice(...range)}</strong>${text.slice(range[1])}`;
}

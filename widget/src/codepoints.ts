// The service counts Unicode code points; JavaScript strings count UTF-16 units.

import type { AnswerSpan, Citation } from "./wire.js";

/** A range of UTF-16 units: [from, to). */
export type Range = [from: number, to: number];

/** The UTF-16 index of code point number `count`. */
export function utf16Index(text: string, count: number): number {
  let index = 0;
  for (let left = count; left > 0 && index < text.length; left--) {
    index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  }
  return index;
}

export function codePointLength(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}

/** The first `count` code points. */
export const firstCodePoints = (text: string, count: number): string => text.slice(0, utf16Index(text, count));

/** Where the answer's words lie in the quote, or null if they do not lie there. */
export function spanInQuote(citation: Citation, span: AnswerSpan | null): Range | null {
  if (!span || span.marker !== citation.marker) return null;
  if (span.start < citation.start || span.end > citation.end) return null;
  const from = utf16Index(citation.quote, span.start - citation.start);
  const to = utf16Index(citation.quote, span.end - citation.start);
  // Bold on the wrong words is worse than none.
  return citation.quote.slice(from, to) === span.text ? [from, to] : null;
}

/** Where the answer's words lie in a sentence that cites that quote, or null. */
export function spanInSentence(sentence: string, citation: Citation, span: AnswerSpan): Range | null {
  const place = spanInQuote(citation, span);
  if (!place) return null;
  const [from, to] = place;
  const { quote } = citation;
  const outer = sentence.indexOf(quote);
  if (outer >= 0) return [outer + from, outer + to];
  const inner = quote.indexOf(sentence);
  if (inner >= 0 && from >= inner && to <= inner + sentence.length) return [from - inner, to - inner];
  return sameOccurrence(sentence, quote, from, span.text);
}

// A sentence may differ from its quote in white space, or be written anew: the n-th occurrence stands for the n-th.
function sameOccurrence(sentence: string, quote: string, from: number, words: string): Range | null {
  const escaped = words.trim().split(/\s+/).map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  if (!escaped[0]) return null;
  const pattern = new RegExp(escaped.join("\\s+"), "gu");
  const before = [...quote.matchAll(pattern)].filter((match) => match.index < from).length;
  const found = [...sentence.matchAll(pattern)];
  const match = found[before] ?? found[0];
  return match ? [match.index, match.index + match[0].length] : null;
}

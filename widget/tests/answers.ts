import type { Answer, Citation } from "../src/wire.js";

export function citation(given: Partial<Citation> = {}): Citation {
  return {
    marker: 1,
    document_id: "doc_0123456789abcdef",
    title: "Otters",
    uri: "otters.md",
    media_type: "text/markdown",
    page: null,
    section: [],
    start: 10,
    end: 57,
    quote: "The otter Ida eats two kilograms of fish a day.",
    support: 1,
    url: "/view/doc",
    ...given,
  };
}

/** An answer with one sentence a citation. */
export function answer(...citations: Citation[]): Answer {
  return {
    id: "ans_1",
    question: "?",
    understood_as: "?",
    status: "answered",
    answer: "",
    sentences: citations.map(({ quote, marker }) => ({ text: quote, markers: [marker], supported: true, support: 1 })),
    citations,
    answer_span: null,
    confidence: 0.9,
    model: "reader",
    timings_ms: {},
    hits: [],
  };
}

export const viewUrl = ({ document_id: id, start, end }: Citation): string =>
  `https://answers.example.org/view/${id}?collection=default&start=${start}&end=${end}#cited`;

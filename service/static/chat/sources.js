import { strings } from "../strings.js";
import { codePointLength, spanInQuote } from "./codepoints.js";
import { el, newTabNote, passageLink, withStrong } from "./dom.js";

const LONG_QUOTE = 420;

/** Where in the document: page and section, as nodes. */
export function place({ page, section }) {
  const parts = [];
  if (page) parts.push(el("span", {}, strings.page(page)));
  if (section?.length) parts.push(el("span", {}, el("bdi", {}, section.join(" › "))));
  return parts;
}

/** The numbered sources below an answer. */
export function sourcesSection(citations, span, ids) {
  if (!citations.length) return null;
  const items = citations.map((citation) => sourceItem(citation, span, ids));
  return el(
    "div",
    { class: "sources" },
    el("h3", {}, strings.sources),
    el("ol", {}, ...items),
  );
}

function sourceItem(citation, span, ids) {
  const { quote } = citation;
  const body = withStrong(quote, spanInQuote(citation, span));
  return el(
    "li",
    { class: "source", value: citation.marker, "data-marker": citation.marker },
    el("span", { class: "number", "aria-hidden": "true" }, String(citation.marker)),
    el(
      "div",
      { class: "source-body" },
      el(
        "p",
        { class: "source-title" },
        passageLink(citation.url, { class: "source-link", dir: "auto" }, citation.title, newTabNote()),
      ),
      el("p", { class: "facts" }, ...place(citation), el("span", { class: "support" }, strings.supported(citation.support))),
      ...quoteNodes(body, quote, ids.quote(citation.marker)),
    ),
  );
}

// A long quote is folded, never cut: the whole of it stays in the page.
function quoteNodes(body, quote, id) {
  const block = el("blockquote", { class: "quote", id, dir: "auto" }, ...body);
  if (codePointLength(quote) <= LONG_QUOTE) return [block];
  block.classList.add("folded");
  const button = el("button", { type: "button", class: "plain", "aria-expanded": "false", "aria-controls": id }, strings.wholeQuote);
  button.addEventListener("click", () => {
    const folded = block.classList.toggle("folded");
    button.textContent = folded ? strings.wholeQuote : strings.lessQuote;
    button.setAttribute("aria-expanded", String(!folded));
  });
  return [block, button];
}

/** The passages that came nearest, folded away below "the documents do not say". */
export function nearestPassages(hits, collection) {
  if (!hits?.length) return el("p", { class: "muted" }, strings.nothingNear);
  const items = hits.map((hit) =>
    el(
      "li",
      { class: "source" },
      el(
        "div",
        { class: "source-body" },
        el("p", { class: "source-title" }, passageLink(viewAddress(hit, collection), { class: "source-link", dir: "auto" }, hit.title, newTabNote())),
        el("p", { class: "facts" }, ...place(hit)),
        el("blockquote", { class: "quote short", dir: "auto" }, hit.text),
      ),
    ),
  );
  return el("details", { class: "nearest" }, el("summary", {}, strings.nearest(hits.length)), el("ol", {}, ...items));
}

/** The page that shows a document, at a passage if one is given. */
export function viewAddress({ document_id: id, start, end }, collection) {
  const query = new URLSearchParams({ collection });
  if (start !== undefined) {
    query.set("start", start);
    query.set("end", end);
  }
  return `/view/${encodeURIComponent(id)}?${query}${start === undefined ? "" : "#cited"}`;
}

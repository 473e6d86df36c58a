import { html, nothing, type TemplateResult } from "lit";
import type { Strings } from "./locales/en.js";
import { asPieces, linesOf, listOf, type Piece } from "./source-lines.js";
import { tableOf, type Row } from "./tables.js";
import type { Block, Source } from "./wire.js";

type View = TemplateResult | typeof nothing;

const PANEL_LEVEL = 2;
const DEEPEST = 6;

/** The source's text with its structure; the lit words are in marks, whose joined text is the cited words. */
export function sourceText(source: Source, strings: Strings): TemplateResult {
  let level = PANEL_LEVEL;
  let page: number | null = null;
  const blocks = source.blocks.map((block) => {
    // Levels never skip downwards here, even where the document's do: a gap confuses heading navigation.
    if (block.kind === "heading") level = Math.min((block.level ?? 1) + PANEL_LEVEL, level + 1, DEEPEST);
    const turned = block.page !== null && block.page !== page;
    page = block.page ?? page;
    return html`${turned ? pageBreak(page, strings) : nothing}${blockView(block, level, strings)}`;
  });
  // What is lit in a document that lost the cited words is only similar to them.
  return html`<article class=${source.state === "changed" ? "text similar" : "text"} dir="auto" lang=${source.language ?? nothing}>${blocks}</article>`;
}

const pageBreak = (page: number | null, strings: Strings): View =>
  page === null
    ? nothing
    : html`<p class="page-break" lang=${strings.language} dir=${strings.direction}><span>${strings.page(page)}</span></p>`;

function blockView(block: Block, level: number, strings: Strings): View {
  switch (block.kind) {
    case "heading":
      return html`<div class="heading level-${level}" role="heading" aria-level=${level} dir="auto">${inline(asPieces(block.parts))}</div>`;
    case "list":
      return listView(block);
    case "table":
      return tableView(block, strings);
    case "code":
      return html`<pre class="code" dir="ltr"><code>${inline(asPieces(block.parts))}</code></pre>`;
    case "gap":
      return html`<div class="gap" dir="auto">${inline(asPieces(block.parts))}</div>`;
    case "paragraph":
      return html`<p dir="auto">${inline(asPieces(block.parts))}</p>`;
  }
}

function listView(block: Block): View {
  const { kind, items } = listOf(block.parts);
  if (kind === "numbers") {
    return html`<ol dir="auto">${items.map((item) => html`<li value=${item.number ?? 1}>${inline(item.pieces)}</li>`)}</ol>`;
  }
  // The role keeps it a list where the bullets are the text's own: Safari drops lists without markers.
  return html`<ul class=${kind} role="list" dir="auto">${items.map((item) => html`<li>${inline(item.pieces)}</li>`)}</ul>`;
}

function tableView(block: Block, strings: Strings): View {
  const table = tableOf(block.parts);
  if (!table) {
    return html`<div class="rows" dir="auto">${linesOf(block.parts).map((line) => html`<div>${inline(line)}</div>`)}</div>`;
  }
  const { header, rows } = table;
  return html`<div class="table" role="group" aria-label=${strings.table}><table dir="auto">
    ${header ? html`<thead><tr>${cells(header, true)}</tr></thead>` : nothing}
    <tbody>${rows.map((row) => html`<tr>${cells(row, false)}</tr>`)}</tbody>
  </table></div>`;
}

const cells = (row: Row, header: boolean): TemplateResult[] =>
  row.map((cell) => {
    const named = header && cell?.some((piece) => piece.seen && piece.text.trim() !== "");
    return named ? html`<th scope="col" dir="auto">${inline(cell ?? [])}</th>` : html`<td dir="auto">${inline(cell ?? [])}</td>`;
  });

function inline(pieces: readonly Piece[]): View[] {
  return pieces.map(({ text, lit, seen }) => {
    if (lit) return html`<mark class=${seen ? nothing : "spelled"}>${text}</mark>`;
    return seen ? html`${text}` : html`<span class="spelled">${text}</span>`;
  });
}

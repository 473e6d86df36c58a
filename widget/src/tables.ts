import { asPieces, cut, hideStart, textOf, type Part, type Piece } from "./source-lines.js";

/** A table whose cells, read in order, hold the block's text character for character. */
export interface Table {
  readonly columns: number;
  readonly header: Row | null;
  readonly rows: Row[];
}

/** Cells by column; null where the source has none. */
export type Row = (Piece[] | null)[];

const FIGURE = /^[\d\s.,:%$€£¥()+\-–—/]*$/u;
const YEAR = /^(?:FY ?)?(?:19|20)\d\d$/u;

/**
 * The table that a block's text spells: rows on lines, cells split by tabs.
 * Null where it is no grid: such text is shown as its lines.
 */
export function tableOf(parts: readonly Part[]): Table | null {
  const rows = cut(asPieces(parts), /\n/gu).map((line) => cut(line, /\t/gu));
  const first = rows[0];
  if (!first || rows.length < 2 || Math.max(...rows.map((row) => row.length)) < 2) return null;
  return namedTable(first, rows.slice(1)) ?? plainTable(rows);
}

/** Rows whose cells are "Region: North" and "Sales: 5", below the names: each value goes to its column, without the name. */
function namedTable(first: Piece[][], rest: Piece[][][]): Table | null {
  const names = first.map(wordsOf);
  if (names.length < 2 && !rest.some((row) => row.length > 1)) return null;
  const nameAt = (cell: Piece[], from: number): number =>
    names.findIndex((name, i) => i >= from && name !== "" && wordsOf(cell).startsWith(`${name}: `));
  const named = rest.map((row) => row.map((cell) => nameAt(cell, 0)));
  if (named.some((row) => row.every((column) => column < 0))) return null;
  // The first column often has no name, and then its values carry none either.
  const shift = named.some((row) => row[0] === -1 && row.includes(0)) ? 1 : 0;
  const columns = names.length + shift;
  const rows: Row[] = [];
  for (const cells of rest) {
    const placed = placedByName(cells, columns, (cell, from) => nameAt(cell, Math.max(0, from - shift)), names, shift);
    if (!placed) return null;
    rows.push(placed);
  }
  return { columns, header: [...Array<null>(shift).fill(null), ...first], rows };
}

function placedByName(
  cells: Piece[][],
  columns: number,
  nameAt: (cell: Piece[], from: number) => number,
  names: string[],
  shift: number,
): Row | null {
  const row: Row = Array<null>(columns).fill(null);
  let next = 0;
  for (const cell of cells) {
    const name = nameAt(cell, next);
    const column = name < 0 ? next : name + shift;
    if (column >= columns) return null;
    row[column] = name < 0 ? cell : hideStart(cell, (names[name] ?? "").length + 2);
    next = column + 1;
  }
  return row;
}

function plainTable(rows: Piece[][][]): Table | null {
  const columns = rows[0]?.length ?? 0;
  if (columns < 2 || rows.some((row) => row.length !== columns)) return null;
  const [first, ...rest] = rows;
  const words = rest.map((row) => row.map(wordsOf));
  if (first && looksLikeHeader(first.map(wordsOf)) && hasFigures(words, columns)) {
    return { columns, header: first, rows: rest };
  }
  return { columns, header: null, rows };
}

/** All columns but perhaps the first have a name, none twice, none a figure. */
function looksLikeHeader(names: string[]): boolean {
  const given = names.filter((name) => name !== "");
  return (
    names.slice(1).every((name) => name !== "") &&
    new Set(given).size === given.length &&
    !given.some((name) => FIGURE.test(name) && !YEAR.test(name))
  );
}

function hasFigures(rows: string[][], columns: number): boolean {
  return Array.from({ length: columns }, (_, i) => rows.map((row) => row[i] ?? "").filter((cell) => cell !== "")).some(
    (column) => column.length > 0 && column.every((cell) => FIGURE.test(cell)),
  );
}

const wordsOf = (cell: Piece[]): string => textOf(cell.filter((piece) => piece.seen));

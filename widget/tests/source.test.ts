import assert from "node:assert/strict";
import { test } from "node:test";
import { asPieces, listOf, textOf, type Part, type Piece } from "../src/source-lines.js";
import { tableOf, type Row, type Table } from "../src/tables.js";

/** "plain [[lit]] plain" as parts, with " | " for the tabs between cells. */
function parts(text: string): Part[] {
  return text.replaceAll(" | ", "\t").split(/\[\[|\]\]/u).map((piece, i) => ({ text: piece, lit: i % 2 === 1 }));
}

const seen = (pieces: Piece[] | null): string => textOf((pieces ?? []).filter((piece) => piece.seen));
const shown = (row: Row | null): string[] => (row ?? []).map(seen);
const grid = (table: Table | null): string[][] => [table?.header ?? null, ...(table?.rows ?? [])].filter((row) => row !== null).map(shown);

/** All text of a table or list, and of its lit words, which must be that of the block. */
function assertWhole(given: Part[], pieces: Piece[]): void {
  assert.equal(textOf(pieces), textOf(asPieces(given)));
  assert.equal(textOf(pieces.filter((piece) => piece.lit)), given.filter((part) => part.lit).map((part) => part.text).join(""));
}

const cellsOf = (table: Table | null): Piece[] => [table?.header ?? [], ...(table?.rows ?? [])].flat().flatMap((cell) => cell ?? []);

test("values that name their column go below its name, which is then not shown again", () => {
  const given = parts("Region | Sales\nRegion: North | [[Sales: 5\nRegion: South]] | Sales: 7");
  const table = tableOf(given);
  assert.deepEqual(grid(table), [["Region", "Sales"], ["North", "5"], ["South", "7"]]);
  assert.ok(table?.header);
  assertWhole(given, cellsOf(table));
});

test("empty cells, which the text leaves out, stay empty", () => {
  const table = tableOf(parts("A | B | C\nA: 1 | C: 3\nB: 2"));
  assert.deepEqual(grid(table), [["A", "B", "C"], ["1", "", "3"], ["", "2", ""]]);
});

test("a first column without a name keeps its values", () => {
  const given = parts("2023 | 2024\nRevenue | 2023: 5 | 2024: 7\nCosts | [[2023: 3]] | 2024: 4");
  const table = tableOf(given);
  assert.deepEqual(grid(table), [["", "2023", "2024"], ["Revenue", "5", "7"], ["Costs", "3", "4"]]);
  assertWhole(given, cellsOf(table));
});

test("names above figures are a header row", () => {
  const table = tableOf(parts("Year | Sales\n2023 | 5\n2024 | 7"));
  assert.deepEqual(shown(table?.header ?? null), ["Year", "Sales"]);
});

test("words alone have no header row, and ragged lines are no table", () => {
  const table = tableOf(parts("Name | Ida\nHome | River"));
  assert.equal(table?.header, null);
  assert.deepEqual(grid(table), [["Name", "Ida"], ["Home", "River"]]);
  assert.equal(tableOf(parts("a | b | c\nd | e")), null);
  assert.equal(tableOf(parts("one line | only")), null);
  assert.equal(tableOf(parts("no cells\nat all")), null);
});

test("lists lose their written bullets where markup shows them", () => {
  const given = parts("- fish\n- [[crabs\n- frogs]], and\n  birds");
  const list = listOf(given);
  assert.equal(list.kind, "bullets");
  assert.deepEqual(list.items.map((item) => seen(item.pieces)), ["fish", "crabs", "frogs, and\n  birds"]);
  assertWhole(given, list.items.flatMap((item) => item.pieces));
});

test("numbered lists keep their numbers, and mixed lists their text", () => {
  const numbered = listOf(parts("3. wake\n4. swim"));
  assert.deepEqual([numbered.kind, numbered.items.map((item) => item.number)], ["numbers", [3, 4]]);
  const mixed = listOf(parts("1. wake\n- late"));
  assert.equal(mixed.kind, "mixed");
  assert.deepEqual(mixed.items.map((item) => seen(item.pieces)), ["1. wake", "- late"]);
});

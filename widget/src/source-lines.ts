import type { Block } from "./wire.js";

/** A stretch of a block as the server cut it at the borders of the cited words. */
export type Part = Block["parts"][number];

/** A stretch of a block's text. What is not `seen` stays in the page's text, but only markup tells it. */
export interface Piece {
  readonly text: string;
  readonly lit: boolean;
  readonly seen: boolean;
}

interface ListItem {
  readonly number: number | null;
  readonly pieces: Piece[];
}

interface List {
  readonly kind: "bullets" | "numbers" | "mixed";
  readonly items: ListItem[];
}

const BULLET = /^[-*•‣◦–—▪·] +/u;
const NUMBER = /^(\d{1,9})[.)] +/u;

export const textOf = (pieces: readonly Piece[]): string => pieces.map((piece) => piece.text).join("");

/** The parts cut wherever `separator` (a global pattern) stands; each separator ends its stretch, unseen. */
export function cut(pieces: readonly Piece[], separator: RegExp): Piece[][] {
  const text = textOf(pieces);
  const stretches: Piece[][] = [];
  let rest: readonly Piece[] = pieces;
  let position = 0;
  for (const match of text.matchAll(separator)) {
    const [before, from] = splitAt(rest, match.index - position);
    const [between, after] = splitAt(from, match[0].length);
    stretches.push([...before, ...unseen(between)]);
    rest = after;
    position = match.index + match[0].length;
  }
  stretches.push([...rest]);
  return stretches;
}

/** The pieces with their first `length` UTF-16 units unseen. */
export function hideStart(pieces: readonly Piece[], length: number): Piece[] {
  const [hidden, shown] = splitAt(pieces, length);
  return [...unseen(hidden), ...shown];
}

export const asPieces = (parts: readonly Part[]): Piece[] =>
  parts.filter((part) => part.text !== "").map(({ text, lit }) => ({ text, lit, seen: true }));

export const linesOf = (parts: readonly Part[]): Piece[][] => cut(asPieces(parts), /\n/gu);

/** A list block: a line an item, where lines without a bullet go on with the item before. */
export function listOf(parts: readonly Part[]): List {
  const items: { number: number | null; marked: boolean; pieces: Piece[] }[] = [];
  for (const line of linesOf(parts)) {
    const text = textOf(line);
    const number = NUMBER.exec(text);
    const bullet = number ?? BULLET.exec(text);
    const last = items.at(-1);
    if (bullet || !last) {
      items.push({ number: number ? Number(number[1]) : null, marked: Boolean(bullet), pieces: line });
    } else {
      // The line break shows here: without it the last word and the next would touch.
      last.pieces = [...last.pieces.map((piece) => ({ ...piece, seen: true })), ...line];
    }
  }
  const kind = kindOf(items);
  if (kind !== "mixed") for (const item of items) item.pieces = hideStart(item.pieces, bulletLength(textOf(item.pieces)));
  return { kind, items: items.map(({ number, pieces }) => ({ number, pieces })) };
}

function kindOf(items: readonly { number: number | null; marked: boolean }[]): List["kind"] {
  if (items.every((item) => item.number !== null)) return "numbers";
  return items.every((item) => item.marked && item.number === null) ? "bullets" : "mixed";
}

const bulletLength = (text: string): number => (NUMBER.exec(text) ?? BULLET.exec(text))?.[0].length ?? 0;

function splitAt(pieces: readonly Piece[], length: number): [Piece[], Piece[]] {
  const before: Piece[] = [];
  const after: Piece[] = [];
  let left = length;
  for (const piece of pieces) {
    const taken = Math.min(left, piece.text.length);
    if (taken > 0) before.push({ ...piece, text: piece.text.slice(0, taken) });
    if (taken < piece.text.length) after.push({ ...piece, text: piece.text.slice(taken) });
    left -= taken;
  }
  return [before, after];
}

const unseen = (pieces: readonly Piece[]): Piece[] => pieces.map((piece) => ({ ...piece, seen: false }));

// Whether what lies in the browser's storage can be shown: other scripts of the page may have written there.

import type { Exchange } from "./history.js";

type Thing = Record<string, unknown>;

const isThing = (value: unknown): value is Thing => typeof value === "object" && value !== null;
const isText = (value: unknown): boolean => typeof value === "string";
const isNumber = (value: unknown): boolean => typeof value === "number";
const isListOf = (value: unknown, each: (one: Thing) => boolean): boolean =>
  Array.isArray(value) && value.every((one) => isThing(one) && each(one));
const isPlace = (one: Thing): boolean =>
  isText(one["document_id"]) && isText(one["title"]) && isNumber(one["start"]) && isNumber(one["end"]) &&
  Array.isArray(one["section"]) && one["section"].every(isText);
const isCitation = (one: Thing): boolean => isPlace(one) && isNumber(one["marker"]) && isText(one["quote"]);
const isHit = (one: Thing): boolean => isPlace(one) && isText(one["text"]);
const isSentence = (one: Thing): boolean => isText(one["text"]) && Array.isArray(one["markers"]) && one["markers"].every(isNumber);
const isChecked = (one: Thing): boolean => isListOf(one["sentences"], isSentence) && isListOf(one["citations"], isCitation);
const isAnswer = (one: Thing): boolean =>
  isChecked(one) && isText(one["id"]) && isNumber(one["confidence"]) && isListOf(one["hits"], isHit);

/** Whether it is an exchange with all that showing it reads. */
export function isExchange(value: unknown): value is Exchange {
  if (!isThing(value)) return false;
  const { answer, partial, problem } = value;
  return (
    isText(value["id"]) && isText(value["question"]) && isNumber(value["at"]) && isText(value["state"]) &&
    (answer === null || (isThing(answer) && isAnswer(answer))) &&
    (partial === null || (isThing(partial) && isChecked(partial))) &&
    (problem === null || isThing(problem))
  );
}

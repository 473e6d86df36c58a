import assert from "node:assert/strict";
import { test } from "node:test";
import { codePointLength, firstCodePoints, spanInQuote, spanInSentence, utf16Index } from "../src/codepoints.js";
import { citation } from "./answers.js";

test("code points are counted as the service counts them", () => {
  assert.equal(codePointLength("a😀é"), 3);
  assert.equal(utf16Index("a😀b", 2), 3);
  assert.equal(utf16Index("ab", 9), 2);
  assert.equal(firstCodePoints("😀😀😀", 2), "😀😀");
});

test("the answer's words are found behind characters of two units", () => {
  const cited = citation({ quote: "😀 Ida eats fish.", start: 100, end: 116 });
  const span = { text: "Ida", marker: 1, start: 102, end: 105 };
  assert.deepEqual(spanInQuote(cited, span), [3, 6]);
  assert.deepEqual(spanInSentence("So: 😀 Ida eats fish.", cited, span), [7, 10]);
});

test("words that are not where they should be are not made bold", () => {
  const cited = citation({ quote: "Ida eats fish.", start: 100, end: 114 });
  assert.equal(spanInQuote(cited, { text: "fish", marker: 1, start: 100, end: 104 }), null);
  assert.equal(spanInQuote(cited, { text: "Ida", marker: 2, start: 100, end: 103 }), null);
  assert.equal(spanInQuote(cited, { text: "Ida", marker: 1, start: 90, end: 93 }), null);
});

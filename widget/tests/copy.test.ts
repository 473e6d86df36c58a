import assert from "node:assert/strict";
import { test } from "node:test";
import { asBibtex, asMarkdown, asPlain } from "../src/copy.js";
import { de } from "../src/locales/de.js";
import { answer, citation, viewUrl } from "./answers.js";

const URL = "https://answers.example.org/view/doc_0123456789abcdef?collection=default&start=10&end=57#cited";
const TODAY = new Date("2026-11-24T12:00:00Z");

test("a heading that only says the title again is left out of the place", () => {
  const given = answer(citation({ title: "Otters", section: ["Otters", "Food"] }));
  assert.match(asPlain(given, viewUrl), /^Otters, Food$/mu);
});

test("Markdown has a footnote a citation, with quote, title, page, section and link", () => {
  const given = answer(citation({ page: 3, section: ["Food", "Fish"] }));
  assert.equal(
    asMarkdown(given, viewUrl),
    `The otter Ida eats two kilograms of fish a day.[^1]

[^1]: “The otter Ida eats two kilograms of fish a day.” — [Otters](<${URL}>), page 3, Food › Fish
`,
  );
});

test("plain text has numbers, and the sources below", () => {
  const given = answer(citation({ page: 3 }), citation({ marker: 2, title: "Seals", quote: "Seals bark." }));
  assert.equal(
    asPlain(given, viewUrl),
    `The otter Ida eats two kilograms of fish a day. [1] Seals bark. [2]

[1] “The otter Ida eats two kilograms of fish a day.”
Otters, page 3
${URL}

[2] “Seals bark.”
Seals
${URL}
`,
  );
});

test("BibTeX has an entry a source", () => {
  assert.equal(
    asBibtex(answer(citation({ page: 3, section: ["Food"] })), viewUrl, TODAY),
    `@misc{footnoted-doc012345678-10-57,
  title = {{Otters}},
  pages = {3},
  note = {Food},
  annote = {“The otter Ida eats two kilograms of fish a day.”},
  url = {${URL}},
  urldate = {2026-11-24},
}
`,
  );
});

test("words of the reader's language are used", () => {
  assert.match(asPlain(answer(citation({ page: 3 })), viewUrl, de), /^Otters, Seite 3$/mu);
});

test("an unsupported sentence says so, and a marker without a citation leaves no dead footnote", () => {
  const given = answer(citation());
  given.sentences.push({ text: "Otters fly.", markers: [7], supported: false, support: 0 });
  for (const text of [asMarkdown(given, viewUrl), asPlain(given, viewUrl)]) {
    assert.match(text, /Otters fly\. \(not supported by a source\)/u);
    assert.doesNotMatch(text, /7\]/u);
  }
});

test("an answer that was not found says so", () => {
  const given = { ...answer(), status: "not_found" as const };
  assert.equal(asMarkdown(given, viewUrl), "The documents do not say.\n");
  assert.equal(asPlain(given, viewUrl), "The documents do not say.\n");
  assert.equal(asBibtex(given, viewUrl), "");
});

test("Markdown in titles and quotes stays words", () => {
  const markdown = asMarkdown(
    answer(citation({ title: "a](http://evil) ![x](y) <script> `code` *b* _c_ ~d~ &amp; \\", quote: "# no\n\n[^2]: heading" })),
    viewUrl,
  );
  assert.ok(markdown.includes(String.raw`[a\](http\://evil) \!\[x\](y) \<script\> \`code\` \*b\* \_c\_ \~d\~ \&amp; \\](<`), markdown);
  assert.ok(markdown.startsWith(String.raw`\# no \[\^2\]: heading[^1]`), markdown);
  // A line break in a quote would end its footnote.
  assert.equal(markdown.trimEnd().split("\n").length, 3);
});

test("text that only looks a little like Markdown is left as it is", () => {
  const quote = "U.S. sales (2014): 5–10 %, R&D a = b; see section 3.1!";
  assert.ok(asMarkdown(answer(citation({ quote })), viewUrl).startsWith(`${quote}[^1]`));
});

test("an address cannot end its link", () => {
  const evil = () => "https://[::1]:8000/view/d?quote=a>) [x](http://evil) {b}\\#cited";
  assert.match(asMarkdown(answer(citation()), evil), /\(<https:\/\/\[::1\]:8000\/view\/d\?quote=a%3E%29%20%5Bx%5D%28http:\/\/evil%29%20%7Bb%7D%5C#cited>\)/u);
  assert.match(asBibtex(answer(citation()), evil, TODAY), /url = \{https:\/\/\[::1\]:8000\/view\/d\?[^{}\\ ]*\},/u);
});

test("BibTeX keeps its braces balanced and its entries apart, whatever a title holds", () => {
  const bibtex = asBibtex(
    answer(citation({ title: "a} , @book{b, 100 % of R&D #1 a_b ^ ~ \\input{x} $" }), citation({ marker: 2, start: 99, quote: "{{{" })),
    viewUrl,
    TODAY,
  );
  let depth = 0;
  for (const character of bibtex) {
    depth += character === "{" ? 1 : character === "}" ? -1 : 0;
    assert.ok(depth >= 0);
  }
  assert.equal(depth, 0);
  assert.equal(bibtex.match(/@/gu)?.length, 2);
  assert.ok(bibtex.includes(String.raw`100 \% of R\&D \#1 a\_b \textasciicircum{} \textasciitilde{} \textbackslash{}input\textbraceleft{}x\textbraceright{} \$`));
});

test("characters that turn the direction of writing around are not copied", () => {
  const given = answer(citation({ title: "\u202egro.live\u202c" }));
  for (const text of [asMarkdown(given, viewUrl), asPlain(given, viewUrl), asBibtex(given, viewUrl)]) {
    assert.doesNotMatch(text, /[\u202a-\u202e]/u);
  }
});

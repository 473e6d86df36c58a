import assert from "node:assert/strict";
import { test } from "node:test";
import { languageName } from "../src/language-name.js";
import { stringsFor } from "../src/locale.js";
import { ar } from "../src/locales/ar.js";
import { de } from "../src/locales/de.js";
import { en, type Strings } from "../src/locales/en.js";
import { es } from "../src/locales/es.js";
import { fr } from "../src/locales/fr.js";
import { ru } from "../src/locales/ru.js";
import { zh } from "../src/locales/zh.js";

const ALL: Strings[] = [ar, de, en, es, fr, ru, zh];
const COUNTS = [0, 1, 2, 3, 10, 11, 21, 99, 100, 101, 1234, 1_000_000];

/** Every word of a language, those that depend on numbers for several numbers. */
function* words(strings: Strings): Generator<[key: string, text: string]> {
  for (const [key, value] of Object.entries({ ...strings, ...strings.reasons, ...strings.notices })) {
    if (typeof value === "string") yield [key, value];
    if (typeof value === "function") {
      for (const count of COUNTS) yield [key, (value as (...given: unknown[]) => string)(count, count)];
    }
  }
}

for (const strings of ALL) {
  test(`${strings.language}: no word is empty, and every number is filled in`, () => {
    for (const [key, text] of words(strings)) {
      assert.notEqual(text.trim(), "", key);
      assert.doesNotMatch(text, /#|undefined|NaN|null/u, key);
    }
  });

  test(`${strings.language}: what is spoken of a share is never more certain than it is`, () => {
    assert.notEqual(strings.confidence(0.9999), strings.confidence(1));
    assert.notEqual(strings.confidence(0.0001), strings.confidence(0));
    assert.notEqual(strings.supported(0.9999), strings.supported(1));
  });
}

test("each language has its plural forms", () => {
  const remaining = (strings: Strings, ...counts: number[]) => counts.map((count) => strings.remaining(count));
  assert.deepEqual(remaining(en, 1, 2), ["1 character left.", "2 characters left."]);
  assert.deepEqual(remaining(fr, 0, 1, 2), ["0 caractère restant.", "1 caractère restant.", "2 caractères restants."]);
  assert.deepEqual(remaining(es, 1, 2), ["Queda 1 carácter.", "Quedan 2 caracteres."]);
  assert.deepEqual(remaining(ru, 1, 2, 5, 21), ["Остался 1 знак.", "Осталось 2 знака.", "Осталось 5 знаков.", "Остался 21 знак."]);
  assert.equal(de.reading(1, 1), "1 Textstelle aus 1 Dokument wird gelesen …");
  assert.equal(de.reading(3, 2), "3 Textstellen aus 2 Dokumenten werden gelesen …");
  assert.equal(zh.reading(3, 2), "正在阅读 2 份文档中的 3 个段落…");
  assert.equal(new Set(remaining(ar, 0, 1, 2, 3, 11, 100).map((text) => text.replace(/\d+/u, "n"))).size, 6);
});

test("numbers are written as the language writes them", () => {
  assert.match(de.tooLong(1234, 1000), /1\.234 von 1\.000/u);
  assert.match(fr.tooLong(1234, 1000), /1\u202f234/u);
  assert.match(en.tooLong(1234, 1000), /1,234 of 1,000/u);
  assert.match(de.confidence(0.5), /50\s%/u);
});

test("no language leaves a word in English", () => {
  const same = ["direction", "marker", "sources", "sourceTitle", "showPage", "showText", "sectionPath", "page", "seconds", "menu"];
  for (const strings of ALL.filter((one) => one !== en)) {
    for (const [key, value] of Object.entries(strings)) {
      if (typeof value === "string" && !same.includes(key)) assert.notEqual(value, en[key as keyof Strings], `${strings.language}: ${key}`);
    }
  }
});

test("Arabic is written from right to left, with commands in their own direction", () => {
  assert.deepEqual(ALL.filter((strings) => strings.direction === "rtl"), [ar]);
  assert.match(ar.originHint("https://a.example"), /\u2066footnoted doctor --origin https:\/\/a\.example\u2069/u);
});

test("the first wish that can be met decides", () => {
  assert.equal(stringsFor([null, "de-AT"]), de);
  assert.equal(stringsFor(["pt", "zh-Hant-TW", "en"]), zh);
  assert.equal(stringsFor(["xx", "constructor"]), en);
});

test("a language is named in the reader's own, and only where it is another one", () => {
  assert.equal(languageName("zh", en), "Chinese");
  assert.equal(languageName("en", de), "Englisch");
  assert.equal(languageName("de", de), "");
  assert.equal(languageName(null, en), "");
  assert.equal(languageName("not a tag", en), "");
});

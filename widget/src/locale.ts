import { ar } from "./locales/ar.js";
import { de } from "./locales/de.js";
import { en, type Strings } from "./locales/en.js";
import { es } from "./locales/es.js";
import { fr } from "./locales/fr.js";
import { ru } from "./locales/ru.js";
import { zh } from "./locales/zh.js";

const LANGUAGES: Readonly<Record<string, Strings>> = { ar, de, en, es, fr, ru, zh };

/** The words of the first wish ("de-AT", null, …) that there is a language for; English if none. */
export function stringsFor(wishes: readonly (string | null | undefined)[]): Strings {
  for (const wish of wishes) {
    const language = wish?.trim().toLowerCase().split(/[-_]/)[0] ?? "";
    if (Object.hasOwn(LANGUAGES, language)) return LANGUAGES[language]!;
  }
  return en;
}

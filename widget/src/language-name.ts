import type { Strings } from "./locales/en.js";

/** What a language is called in the widget's own: "zh" → "Chinese". Empty for the widget's language and for none. */
export function languageName(code: string | null | undefined, { language }: Pick<Strings, "language">): string {
  if (!code || code === language) return "";
  try {
    return new Intl.DisplayNames(language, { type: "language", fallback: "none" }).of(code) ?? "";
  } catch {
    return ""; // no language tag
  }
}

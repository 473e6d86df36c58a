import type { Strings } from "./locales/en.js";
import type { Sentence } from "./wire.js";

/** What is to be said of a sentence that no source supports, or only in part; empty where there is no doubt. */
export function doubtOf({ supported, verdict }: Sentence, words: Pick<Strings, "unsupported" | "partly">): string {
  if (verdict === "partly") return words.partly;
  return supported || verdict === "no_claim" ? "" : words.unsupported;
}

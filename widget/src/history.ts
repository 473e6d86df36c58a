// The conversation outlives a page load: each server with its site or collection has its own.

import { isExchange } from "./stored.js";
import { read, write } from "./store.js";
import type { Answer, Citation, Problem, Rating, Sentence } from "./wire.js";

const VERSION = 2;
const MOST_EXCHANGES = 40;

/** A question and what became of it. */
export interface Exchange {
  id: string;
  /** Milliseconds since 1970. */
  at: number;
  question: string;
  state: "running" | "done" | "stopped" | "failed";
  /** Asked without what was said before. */
  alone?: boolean | undefined;
  answer: Answer | null;
  /** The checked sentences of an answer that is not complete. */
  partial: { sentences: Sentence[]; citations: Citation[] } | null;
  problem: Problem | null;
  feedback: Rating | null;
}

/**
 * The exchanges of one place in this browser. Only single exchanges are written, into what is stored at that moment,
 * so that tabs side by side never overwrite each other's.
 */
export class History {
  readonly #key: string;

  constructor(scope: string) {
    this.#key = `footnoted.chat.${VERSION}.${scope}`;
  }

  /** Oldest first. */
  load(): Exchange[] {
    try {
      const kept: unknown = JSON.parse(read(this.#key) ?? "[]");
      return Array.isArray(kept) ? kept.filter(isExchange) : [];
    } catch {
      return []; // not ours, or cut off
    }
  }

  put(exchange: Exchange): void {
    const others = this.load().filter(({ id }) => id !== exchange.id);
    const all = [...others, slim(exchange)].sort((a, b) => a.at - b.at).slice(-MOST_EXCHANGES);
    // Storage is small: the oldest exchanges give way rather than the newest.
    for (let from = 0; from < all.length; from++) {
      if (write(this.#key, JSON.stringify(all.slice(from))) !== "full") return;
    }
  }

  clear(): void {
    write(this.#key, null);
  }

  /** Calls back when another tab changed something; gives the way to stop that. */
  watch(changed: () => void): () => void {
    const listen = (event: StorageEvent) => {
      if (event.key === this.#key || event.key === null) changed();
    };
    addEventListener("storage", listen);
    return () => removeEventListener("storage", listen);
  }
}

// Hits are shown only where there is no answer.
function slim(exchange: Exchange): Exchange {
  const { id, at, question, state, alone, answer, partial, problem, feedback } = exchange;
  const kept = answer?.status === "answered" ? { ...answer, hits: [] } : answer;
  return { id, at, question, state, alone, answer: kept, partial, problem, feedback };
}

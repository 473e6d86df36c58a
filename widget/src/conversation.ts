import { type Api } from "./api.js";
import { firstCodePoints } from "./codepoints.js";
import { Failure } from "./failure.js";
import { type Exchange, type History } from "./history.js";
import { randomId } from "./person.js";
import type { Answer, Citation, Problem, Rating, Sentence, StreamEvent, Turn } from "./wire.js";

// The service counts a question and an answer as two turns, and takes so many characters of each.
const MOST_TURNS = 10;
const MOST_TURN_CHARACTERS = 20_000;
const SLOW_MS = 8_000;

/** What is known of the answer that is coming, besides its checked sentences. */
interface Live {
  understoodAs: string;
  /** How much is being read; null before the search is done. */
  reading: { passages: number; documents: number } | null;
  /** Streamed words that are not checked yet. */
  pending: string;
  /** Nothing came for some time. */
  slow: boolean;
}

/** Who is told of what happens, to speak it. */
export interface Listener {
  changed(): void;
  searching(): void;
  slow(): void;
  sentence(sentence: Sentence): void;
  done(answer: Answer): void;
  stopped(): void;
  failed(problem: Problem): void;
}

const plainText = (answer: Answer): string => answer.sentences.map(({ text }) => text).join(" ");

/** Questions and answers in order, and the answer that is coming. Knows nothing of how they are shown. */
export class Conversation {
  exchanges: Exchange[] = [];
  /** Set while an answer comes, and after a broken one for its unchecked words. */
  readonly #live = new Map<string, Live>();
  #running: { exchange: Exchange; stop: AbortController } | null = null;
  readonly #unwatch: () => void;

  constructor(
    private readonly api: Api,
    private readonly history: History,
    private readonly listener: Listener,
  ) {
    // An answer that was running when its page went away has ended.
    this.exchanges = history.load();
    this.#unwatch = history.watch(() => this.#merge());
  }

  get running(): Exchange | null {
    return this.#running?.exchange ?? null;
  }

  live(exchange: Exchange): Live | null {
    return this.#live.get(exchange.id) ?? null;
  }

  /** Stops, and hears nothing from other tabs any more. */
  close(): void {
    this.stop();
    this.#unwatch();
  }

  clear(): void {
    this.stop();
    this.exchanges = [];
    this.#live.clear();
    this.history.clear();
    this.listener.changed();
  }

  stop(): void {
    this.#running?.stop.abort();
    this.#running = null;
  }

  ask(question: string): Promise<void> {
    const exchange: Exchange = {
      id: randomId(),
      at: Date.now(),
      question,
      state: "running",
      answer: null,
      partial: null,
      problem: null,
      feedback: null,
    };
    this.exchanges = [...this.exchanges, exchange];
    return this.#run(exchange);
  }

  /** Asks again in place; `alone` without what was said before. */
  retry(exchange: Exchange, alone = exchange.alone): Promise<void> {
    if (this.running) return Promise.resolve();
    return this.#run(Object.assign(exchange, { alone }));
  }

  rate(exchange: Exchange, given: Rating | null): void {
    exchange.feedback = given;
    this.#save(exchange);
    this.listener.changed();
  }

  async #run(exchange: Exchange): Promise<void> {
    const stop = new AbortController();
    const live: Live = { understoodAs: "", reading: null, pending: "", slow: false };
    this.#running = { exchange, stop };
    this.#live.set(exchange.id, live);
    Object.assign(exchange, { state: "running", answer: null, partial: null, problem: null, feedback: null });
    this.#save(exchange);
    this.listener.searching();
    this.listener.changed();
    const slow = new Patience(() => {
      live.slow = true;
      this.listener.slow();
      this.listener.changed();
    });
    try {
      for await (const event of this.api.ask(exchange.question, this.#turns(exchange), stop.signal)) {
        if (event.event !== "ping") slow.renew();
        this.#take(exchange, live, event);
      }
    } catch (error) {
      this.#end(exchange, error);
    }
    slow.end();
    // A newer attempt, or another conversation, may have taken over meanwhile.
    if (this.#running?.exchange === exchange) this.#running = null;
    this.#save(exchange);
    this.listener.changed();
  }

  #take(exchange: Exchange, live: Live, { event, data }: StreamEvent): void {
    const partial = () => (exchange.partial ??= { sentences: [], citations: [] });
    if (event !== "ping") live.slow = false;
    if (event === "start") {
      live.understoodAs = data.understood_as ?? "";
      const hits = data.hits ?? [];
      const documents = new Set(hits.map((hit) => hit.document_id)).size;
      live.reading = hits.length ? { passages: hits.length, documents } : null;
    } else if (event === "token") {
      live.pending += data.text;
    } else if (event === "sentence") {
      live.pending = ""; // the streamed words are now checked
      partial().sentences.push(data);
      this.listener.sentence(data);
    } else if (event === "citation") {
      partial().citations.push(data);
      this.#save(exchange); // as it comes, so that leaving the page in the middle keeps what was already checked
    } else if (event === "done") {
      // The whole answer; it replaces what was streamed, so that a reload shows exactly the same.
      Object.assign(exchange, { state: "done", answer: data, partial: null });
      this.#live.delete(exchange.id);
      this.listener.done(data);
    }
    this.listener.changed();
  }

  #end(exchange: Exchange, error: unknown): void {
    if (error instanceof DOMException && error.name === "AbortError") {
      exchange.state = "stopped";
      this.listener.stopped();
      return;
    }
    if (!(error instanceof Failure)) console.error(error); // a bug of the widget, not of the network
    const { problem } = error instanceof Failure ? error : new Failure({ detail: String(error) });
    Object.assign(exchange, { state: "failed", problem });
    this.listener.failed(problem);
  }

  #turns(until: Exchange): Turn[] {
    if (until.alone) return [];
    const before = this.exchanges.slice(0, this.exchanges.indexOf(until));
    const turns = before.flatMap(({ question, answer }): Turn[] => {
      if (!answer) return [];
      const said = firstCodePoints(plainText(answer) || answer.answer, MOST_TURN_CHARACTERS);
      return [{ role: "user", content: question }, { role: "assistant", content: said }];
    });
    return turns.slice(-MOST_TURNS);
  }

  #save(exchange: Exchange): void {
    if (this.exchanges.includes(exchange)) this.history.put(exchange);
  }

  // Another tab asked, rated or erased. What is running elsewhere comes when it is done.
  #merge(): void {
    const kept = this.history.load();
    const mine = new Map(this.exchanges.map((exchange) => [exchange.id, exchange]));
    const merged = kept.flatMap((stored) => {
      const own = mine.get(stored.id);
      if (!own) return stored.state === "running" ? [] : [stored];
      if (own === this.running) return [own];
      const answer = own.answer?.id === stored.answer?.id ? own.answer : stored.answer; // ours has the hits
      return [Object.assign(own, stored, { answer })];
    });
    const { running } = this;
    if (running && !merged.includes(running)) merged.push(running);
    this.exchanges = merged;
    this.listener.changed();
  }
}

/** Calls back when it was not renewed for some time. */
class Patience {
  #timer = 0;

  constructor(private readonly lost: () => void) {
    this.renew();
  }

  renew(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.lost, SLOW_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** The citations that an exchange shows, by marker. */
export function citationsOf({ answer, partial }: Exchange): Map<number, Citation> {
  const citations = answer?.citations ?? partial?.citations ?? [];
  return new Map(citations.map((citation) => [citation.marker, citation]));
}

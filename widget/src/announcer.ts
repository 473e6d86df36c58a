const BATCH_MS = 1200;
const SETTLE_MS = 50;

/** Speaks to screen readers through a polite region. Sentences that follow each other closely are spoken together. */
export class Announcer {
  #waiting: string[] = [];
  #timer = 0;

  constructor(private readonly region: () => Element | null) {}

  /** Speaks soon, with whatever waits. */
  say(message: string): void {
    this.#add(message, SETTLE_MS);
  }

  /** Speaks together with what follows closely. */
  batch(message: string): void {
    this.#add(message, BATCH_MS);
  }

  #add(message: string, wait: number): void {
    this.#waiting.push(message);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#speak(), wait);
  }

  #speak(): void {
    const region = this.region();
    const message = this.#waiting.join(" ");
    this.#waiting = [];
    if (!region) return;
    region.textContent = "";
    // A change in the same task may be missed when the words are the same as before.
    setTimeout(() => (region.textContent = message), SETTLE_MS);
  }
}

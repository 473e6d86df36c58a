// Server-sent events from a fetch body. EventSource cannot send a POST, so the format is read here.

interface RawEvent {
  event: string;
  data: string;
}

/** Cuts text that arrives in arbitrary pieces into events. */
class EventParser {
  #line = "";
  #afterReturn = false;
  #event = "";
  #data: string[] = [];

  /** The events that are complete with this piece of text. */
  feed(text: string): RawEvent[] {
    const events: RawEvent[] = [];
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const char = text[at];
      if (char === "\n" && this.#afterReturn) {
        // The second half of a CRLF, possibly in another chunk than its first.
        this.#afterReturn = false;
        from = at + 1;
        continue;
      }
      this.#afterReturn = char === "\r";
      if (char !== "\n" && char !== "\r") continue;
      const event = this.#take(this.#line + text.slice(from, at));
      if (event) events.push(event);
      this.#line = "";
      from = at + 1;
    }
    this.#line += text.slice(from);
    return events;
  }

  #take(line: string): RawEvent | null {
    if (line === "") {
      const event = this.#data.length ? { event: this.#event || "message", data: this.#data.join("\n") } : null;
      this.#event = "";
      this.#data = [];
      return event;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return null; // a comment
    const field = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? "" : line.slice(colon + 1);
    if (value.startsWith(" ")) value = value.slice(1);
    if (field === "event") this.#event = value;
    if (field === "data") this.#data.push(value);
    return null;
  }
}

/** Reads a byte stream as events. `onBytes` is called whenever something arrives, comments included. */
export async function* readEvents(body: ReadableStream<Uint8Array>, onBytes: () => void): AsyncGenerator<RawEvent> {
  const parser = new EventParser();
  // A streaming decoder keeps a character whose bytes are split over two chunks whole.
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      onBytes();
      if (done) return;
      yield* parser.feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

import { firstCodePoints } from "./codepoints.js";
import { type Door, DirectDoor, SiteDoor } from "./door.js";
import { connectionLost, Failure } from "./failure.js";
import { readEvents } from "./sse.js";
import type { Answer, Citation, Rating, SiteConfig, Source, StreamEvent, Turn } from "./wire.js";

/** Which documents are asked, and where. */
interface Address {
  /** The service's address without a slash at its end, e.g. https://answers.example.org */
  server: string;
  /** A public site id; null asks a collection directly. */
  site: string | null;
  collection: string;
}

/** Whose words are meant: a place in a document, as a citation or a hit tells it. */
export interface Place {
  document_id: string;
  start: number;
  end: number;
  quote: string;
}

interface Given {
  answer_id: string;
  rating: Rating["rating"] | null;
  reason?: string | null;
  comment?: string | null;
}

/** What the widget asks of the service. Everything rejects with Failure, or AbortError where a signal stopped it. */
export interface Api {
  config(): Promise<SiteConfig>;
  ask(question: string, history: Turn[], signal: AbortSignal): AsyncIterable<StreamEvent>;
  feedback(given: Given): Promise<void>;
  source(place: Place): Promise<Source>;
  /** The page as a picture of about `width` pixels; to be drawn on a canvas, so that the host page needs no img-src. */
  pageImage(document_id: string, page: number, width: number): Promise<ImageBitmap>;
  /** The address of the source page with the citation lit, knowing the answer's others; "" where there is none. */
  viewUrl(citation: Citation, all: Citation[]): string;
}

// The service pings at least every 15 s.
const SILENCE_MS = 40_000;
const TOP_K = 5;
const MOST_QUOTE = 300; // as the links of the service have it
const JSON_HEADERS = { "Content-Type": "application/json" };

/** `defaults` is what a chat without a site shows. */
export function connect(address: Address, defaults: SiteConfig): Api {
  const { server, site, collection } = address;
  return new HttpApi(server, site ? new SiteDoor(server, site) : new DirectDoor(server, collection, defaults));
}

class HttpApi implements Api {
  readonly #server: string;
  readonly #door: Door;

  constructor(server: string, door: Door) {
    this.#server = server;
    this.#door = door;
  }

  config(): Promise<SiteConfig> {
    return this.#door.config();
  }

  async *ask(question: string, history: Turn[], signal: AbortSignal): AsyncGenerator<StreamEvent> {
    const silence = new AbortController();
    let timer = 0;
    const heard = () => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
    };
    const stop = () => silence.abort();
    signal.addEventListener("abort", stop, { once: true });
    heard();
    try {
      signal.throwIfAborted();
      const body = JSON.stringify({ question, history, top_k: TOP_K, stream: true, ...this.#door.asker() });
      const headers = { ...JSON_HEADERS, Accept: "text/event-stream, application/json" };
      const response = await this.#door.request("/ask", { method: "POST", headers, body, signal: silence.signal });
      yield* events(response, heard);
    } catch (error) {
      if (signal.aborted) throw new DOMException("stopped", "AbortError");
      if (error instanceof Failure) throw error;
      // Whatever else breaks a read (reset, silence, half a JSON text) is a lost connection to the reader.
      throw connectionLost();
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      silence.abort(); // tells the server that nobody reads any more
    }
  }

  async feedback(given: Given): Promise<void> {
    const body = JSON.stringify({ ...given, ...this.#door.rater() });
    await this.#door.request("/feedback", { method: "POST", headers: JSON_HEADERS, body });
  }

  async source({ document_id: id, start, end, quote }: Place): Promise<Source> {
    const query = new URLSearchParams({ start: `${start}`, end: `${end}`, ...this.#door.query() });
    if (quote) query.set("quote", firstCodePoints(quote, MOST_QUOTE));
    const response = await this.#door.request(`/documents/${encodeURIComponent(id)}/source?${query}`);
    return body(() => response.json() as Promise<Source>);
  }

  async pageImage(id: string, page: number, width: number): Promise<ImageBitmap> {
    const query = new URLSearchParams({ width: `${Math.round(width)}`, ...this.#door.query() });
    const response = await this.#door.request(`/documents/${encodeURIComponent(id)}/pages/${page}?${query}`);
    return body(async () => createImageBitmap(await response.blob()));
  }

  viewUrl(citation: Citation, all: Citation[]): string {
    const url = ownAddress(citation.url, this.#server);
    if (!url) return "";
    // A comma and a colon mean nothing else in a query: left as they are, the address stays readable.
    const cites = all.map(({ document_id: id, start, end }) => `${encodeURIComponent(id)}:${start}-${end}`).join(",");
    if (all.length > 1) url.search += `${url.search ? "&" : "?"}cites=${cites}`;
    return url.href;
  }
}

async function* events(response: Response, heard: () => void): AsyncGenerator<StreamEvent> {
  // A proxy or server that does not stream answers with the folded answer.
  if ((response.headers.get("Content-Type") ?? "").includes("application/json")) {
    yield { event: "done", data: (await response.json()) as Answer };
    return;
  }
  if (!response.body) throw connectionLost();
  for await (const { event, data } of readEvents(response.body, heard)) {
    const payload: unknown = JSON.parse(data);
    if (event === "error") throw new Failure(payload as object);
    yield { event, data: payload } as StreamEvent;
    if (event === "done") return;
  }
  throw connectionLost();
}

// A body that breaks off in the middle is a lost connection.
async function body<T>(reading: () => Promise<T>): Promise<T> {
  try {
    return await reading();
  } catch {
    throw connectionLost();
  }
}

/** The address if it is on this server, else null: an address from data must not become a script or a lure. */
function ownAddress(url: string, server: string): URL | null {
  if (!url) return null;
  try {
    const base = new URL(`${server}/`);
    // The service writes addresses from its own root; behind a proxy that root may be a folder.
    const parsed = new URL(url.startsWith("/") && !url.startsWith("//") ? url.slice(1) : url, base);
    return parsed.origin === base.origin ? parsed : null;
  } catch {
    return null;
  }
}

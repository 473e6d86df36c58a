import { ConnectionLost, Problem, request } from "./api.js";
import { person } from "./person.js";
import { readEvents } from "./sse.js";

// The server pings at least every 15 s, so three missed pings mean that it is gone.
const SILENCE_MS = 45_000;

/**
 * Asks a question and yields the answer's events as {event, data}; the last one is `done`.
 * Throws Problem, ConnectionLost, or AbortError when `signal` stopped it.
 */
export async function* ask({ question, collection, history }, signal) {
  const silence = new AbortController();
  let timer;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  const stop = () => silence.abort();
  signal.addEventListener("abort", stop, { once: true });
  heard();
  try {
    const response = await request("/v1/ask", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "text/event-stream, application/json" },
      body: JSON.stringify({ question, collection, history, user: person(), stream: true }),
      signal: silence.signal,
    });
    yield* events(response, heard);
  } catch (error) {
    if (signal.aborted) throw new DOMException("stopped", "AbortError");
    if (error instanceof Problem) throw error;
    // Whatever else breaks a read (reset, silence, half a JSON text) is a lost connection to the reader.
    throw new ConnectionLost();
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    silence.abort(); // tells the server that nobody reads any more
  }
}

async function* events(response, heard) {
  // A proxy or server that does not stream answers with the folded answer.
  if ((response.headers.get("Content-Type") || "").includes("application/json")) {
    yield { event: "done", data: await response.json() };
    return;
  }
  for await (const { event, data } of readEvents(response.body, heard)) {
    if (event === "ping") continue;
    const payload = JSON.parse(data);
    if (event === "error") throw new Problem(payload);
    yield { event, data: payload };
    if (event === "done") return;
  }
  throw new ConnectionLost();
}

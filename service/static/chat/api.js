import { strings } from "../strings.js";

/** An error that the server explained (RFC 9457). */
export class Problem extends Error {
  constructor({ title, detail, hint, code, status, retryAfter } = {}) {
    super(detail || title || strings.failedTitle);
    this.name = "Problem";
    this.title = title || strings.failedTitle;
    this.detail = detail || "";
    this.hint = hint || (retryAfter ? strings.retryAfter(retryAfter) : "");
    this.code = code || "";
    this.status = status || 0;
  }
}

/** The server was not reached, or went away in the middle. */
export class ConnectionLost extends Error {
  constructor() {
    super(navigator.onLine ? strings.lostText : strings.offlineText);
    this.name = "ConnectionLost";
    this.title = strings.lostTitle;
    this.detail = this.message;
    this.hint = "";
    this.code = "connection_lost";
  }
}

/** fetch that fails with Problem, ConnectionLost or AbortError, and with nothing else. */
export async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ConnectionLost();
  }
  if (response.ok) return response;
  throw await problemOf(response);
}

/** As `request`, for an answer in JSON. */
export async function requestJson(path, options = {}) {
  const response = await request(path, options);
  try {
    return await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ConnectionLost();
  }
}

async function problemOf(response) {
  let body = {};
  try {
    body = await response.json();
  } catch {
    // A proxy in front may answer with a page of its own.
  }
  return new Problem({
    title: typeof body.title === "string" ? body.title : "",
    detail: typeof body.detail === "string" ? body.detail : strings.requestFailed(response.status),
    hint: body.hint,
    code: body.code,
    status: response.status,
    retryAfter: Number(response.headers.get("Retry-After")) || 0,
  });
}

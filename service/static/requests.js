import { requestWords as words } from "./shared-words.js";

/** An error in the server's words (RFC 9457), or that there was no server. */
class Problem extends Error {
  constructor({ title, detail, hint, code, status } = {}) {
    super(detail || title || words.failedTitle);
    this.title = title || words.failedTitle;
    this.detail = detail || "";
    this.hint = hint || "";
    this.code = code || "";
    this.status = status || 0;
  }
}

const lost = () => new Problem({ title: words.lostTitle, detail: words.lostText, code: "connection_lost" });

/** fetch that fails with Problem or AbortError, and tells the operator's pages when nobody is signed in any more. */
async function send(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw lost();
  }
  if (response.ok) return response;
  throw problemOf(response.status, await response.text().catch(() => ""), response.headers.get("Retry-After"));
}

/** The problem that an answer tells; a proxy in front may answer with a page of its own. */
function problemOf(status, text, retryAfter = null) {
  let body = {};
  try {
    body = JSON.parse(text) ?? {};
  } catch {
    // not JSON: the status has to do
  }
  const problem = new Problem({
    title: body.title,
    detail: typeof body.detail === "string" ? body.detail : words.requestFailed(status),
    hint: body.hint || (Number(retryAfter) ? words.retryAfter(Number(retryAfter)) : ""),
    code: body.code,
    status,
  });
  if (problem.code === "sign_in_needed") dispatchEvent(new CustomEvent("sign-in-needed"));
  return problem;
}

/** The JSON at a path; `query` holds parameters, of which empty ones are left out. */
export async function get(path, query = {}, signal = undefined) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const suffix = given.length ? `?${new URLSearchParams(given)}` : "";
  const response = await send(path + suffix, { signal });
  try {
    return await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw lost();
  }
}

/** Sends JSON by POST or PUT; gives the JSON of the answer. */
export async function put(method, path, body) {
  const response = await send(path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  return response.json();
}

/** What is gone already is gone. */
export async function remove(path) {
  try {
    await send(path, { method: "DELETE" });
  } catch (error) {
    if (error.status !== 404) throw error;
  }
}

export const part = encodeURIComponent;

/** Sends files into a collection and tells how much is sent, from 0 to 1; gives the job. fetch cannot tell that. */
export function sendFiles(files, collection, onSent) {
  const form = new FormData();
  form.append("collection", collection);
  for (const { file, name } of files) form.append("files", file, name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/v1/documents");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && event.total && onSent(event.loaded / event.total));
    request.addEventListener("load", () => {
      if (request.status !== 202) reject(problemOf(request.status, request.responseText, request.getResponseHeader("Retry-After")));
      else resolve(JSON.parse(request.responseText));
    });
    request.addEventListener("error", () => reject(lost()));
    request.send(form);
  });
}

/** Asks a job to end; one that has ended by itself meanwhile is just as well. */
export async function cancelJob(id) {
  try {
    await send(`/v1/jobs/${part(id)}/cancel`, { method: "POST" });
  } catch (error) {
    if (error.status !== 409) throw error;
  }
}

export const isSettled = (job) => !["queued", "running"].includes(job.status);

/** Tells of a job whenever it changes, until it is settled; the browser connects again where the stream breaks. */
export function followJob(job, onChange, signal) {
  return new Promise((resolve) => {
    if (isSettled(job)) return resolve(job);
    const events = new EventSource(`/v1/jobs/${part(job.id)}/events`);
    const end = () => {
      events.close();
      resolve(job);
    };
    events.addEventListener("job", (event) => {
      job = JSON.parse(event.data);
      onChange(job);
      if (isSettled(job)) end();
    });
    // Closed for good: the server answered with an error, not with a stream.
    events.addEventListener("error", () => events.readyState === EventSource.CLOSED && end());
    signal?.addEventListener("abort", end);
  });
}

import type { Strings } from "./locales/en.js";
import type { Problem } from "./wire.js";

/** Why something did not work: as the server explained it, or with a code of the widget's own. */
export class Failure extends Error {
  readonly problem: Problem;

  constructor(problem: Partial<Problem>) {
    super(problem.detail || problem.title || problem.code || "failed");
    this.name = "Failure";
    this.problem = { status: 0, code: "", title: "", detail: "", hint: "", ...problem };
  }
}

/** The server was not reached, or went away in the middle. */
export const connectionLost = (): Failure => new Failure({ code: navigator.onLine ? "connection_lost" : "offline" });

/** The failure that a response tells. */
export async function failureOf(response: Response): Promise<Failure> {
  let body: Record<string, unknown> = {};
  try {
    body = (await response.json()) as Record<string, unknown>;
  } catch {
    // A proxy in front may answer with a page of its own.
  }
  const text = (key: string) => (typeof body[key] === "string" ? body[key] : "");
  const wait = Number(response.headers.get("Retry-After"));
  return new Failure({
    status: response.status,
    code: text("code"),
    title: text("title"),
    detail: text("detail"),
    hint: text("hint"),
    ...(wait > 0 ? { retryAfter: Math.ceil(wait) } : {}),
  });
}

/** What to tell a reader; `retry` says whether trying again can help. */
interface Told {
  title: string;
  detail: string;
  hint: string;
  retry: boolean;
}

/** A problem in the reader's words where the widget has them, else in the server's. */
export function tell(problem: Problem, strings: Strings, kept = false): Told {
  const { code, status, retryAfter } = problem;
  const told = (title: string, detail: string, hint = "", retry = true): Told => ({ title, detail, hint, retry });
  if (code === "connection_lost") return told(strings.lostTitle, strings.lostText, kept ? strings.lostPartial : "");
  if (code === "offline") return told(strings.lostTitle, strings.offlineText, kept ? strings.lostPartial : "");
  if (code === "origin_not_allowed") {
    const { origin } = location;
    return told(strings.originTitle, strings.originText(origin), strings.originHint(origin));
  }
  if (code === "unknown_site") return told(strings.unknownSite, strings.unknownSiteText, "", false);
  if (status === 429) return told(strings.tooManyTitle, retryAfter ? strings.retryAfter(retryAfter) : problem.detail);
  const detail = problem.detail || (status ? strings.requestFailed(status) : "");
  const hint = problem.hint || (retryAfter ? strings.retryAfter(retryAfter) : "");
  return told(problem.title || strings.failedTitle, detail, hint);
}

// The two ways in: by a site (public id, short session, no secret) or directly (trusted networks, the service's own page).

import { connectionLost, Failure, failureOf } from "./failure.js";
import { person } from "./person.js";
import { read, write } from "./store.js";
import type { SiteConfig } from "./wire.js";

export interface Door {
  config(): Promise<SiteConfig>;
  /** A request to a path below this door; rejects with Failure where the answer is no success. */
  request(path: string, options?: RequestInit): Promise<Response>;
  /** What a question carries besides itself. */
  asker(): Record<string, string>;
  /** What a rating carries besides itself. */
  rater(): Record<string, string>;
  /** What the query of a source carries. */
  query(): Record<string, string>;
}

export class DirectDoor implements Door {
  constructor(
    private readonly server: string,
    private readonly collection: string,
    private readonly defaults: SiteConfig,
  ) {}

  config(): Promise<SiteConfig> {
    return Promise.resolve(this.defaults);
  }

  async request(path: string, options: RequestInit = {}): Promise<Response> {
    // On the service's own page whoever signed in with a key has a cookie; it goes to no other server.
    return succeeded(await reach(`${this.server}/v1${path}`, options, "same-origin"));
  }

  asker = () => ({ collection: this.collection, user: person() });
  rater = () => ({ user: person() });
  query = () => ({ collection: this.collection });
}

interface Session {
  token: string;
  site: SiteConfig;
}

export const sessionKey = (server: string, site: string): string => `footnoted.session.${server}.${site}`;

export class SiteDoor implements Door {
  #session: Promise<Session> | null = null;
  readonly #base: string;
  readonly #key: string;

  constructor(server: string, site: string) {
    this.#base = `${server}/v1/sites/${encodeURIComponent(site)}`;
    this.#key = sessionKey(server, site);
  }

  async config(): Promise<SiteConfig> {
    return (await this.#open()).site;
  }

  async request(path: string, options: RequestInit = {}): Promise<Response> {
    const first = this.#open();
    const response = await this.#send(await first, path, options);
    if (response.status !== 401) return succeeded(response);
    // Sessions are short. A new one is fetched without a word, once; several requests share it.
    if (this.#session === first) this.#session = null;
    return succeeded(await this.#send(await this.#open(), path, options));
  }

  asker = () => ({});
  rater = () => ({});
  query = () => ({});

  #send({ token }: Session, path: string, options: RequestInit): Promise<Response> {
    const headers = { ...(options.headers as Record<string, string>), Authorization: `Bearer ${token}` };
    return reach(this.#base + path, { ...options, headers });
  }

  #open(): Promise<Session> {
    const opening = (this.#session ??= this.#begin());
    opening.catch(() => {
      if (this.#session === opening) this.#session = null; // so that Retry tries again
    });
    return opening;
  }

  async #begin(): Promise<Session> {
    const options = {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token: read(this.#key) }), // an old token keeps who one is
    };
    let response: Response;
    try {
      response = await succeeded(await reach(`${this.#base}/session`, options));
    } catch (error) {
      if (error instanceof Failure && error.problem.status === 404) {
        throw new Failure({ ...error.problem, code: "unknown_site" });
      }
      throw error;
    }
    try {
      const session = (await response.json()) as Session;
      write(this.#key, session.token);
      return session;
    } catch {
      throw connectionLost();
    }
  }
}

// fetch fails with AbortError where it was stopped, else because the server was not reached.
async function reach(address: string, options: RequestInit, credentials: RequestCredentials = "omit"): Promise<Response> {
  try {
    return await fetch(address, { ...options, credentials });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw connectionLost();
  }
}

async function succeeded(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw await failureOf(response);
}

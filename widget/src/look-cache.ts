// What a site's button looks like, kept so that not every page view has to ask the service.

import { read, write } from "./store.js";
import type { SiteConfig } from "./wire.js";

const FRESH_MS = 60 * 60 * 1000;

interface Kept {
  at: number;
  site: SiteConfig;
}

const keyOf = (server: string, site: string): string => `footnoted.look.${server}.${site}`;

/** The look that was kept within the last hour, or null. */
export function keptLook(server: string, site: string | null): SiteConfig | null {
  if (!site) return null;
  try {
    const kept = JSON.parse(read(keyOf(server, site)) ?? "null") as Kept | null;
    return kept && Date.now() - kept.at < FRESH_MS ? kept.site : null;
  } catch {
    return null; // not ours, or cut off
  }
}

export function keepLook(server: string, site: string | null, look: SiteConfig): void {
  if (site) write(keyOf(server, site), JSON.stringify({ at: Date.now(), site: look } satisfies Kept));
}

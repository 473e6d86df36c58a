// localStorage that may be missing, full, or written by another tab at any time.

/** The text kept under a key, or null. */
export function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is switched off
  }
}

/** Keeps a text, or with null forgets it. Says "full" where there is no room, and "off" where there is no storage. */
export function write(key: string, text: string | null): "kept" | "full" | "off" {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
    return "kept";
  } catch (error) {
    return error instanceof DOMException && /quota/i.test(error.name) ? "full" : "off";
  }
}

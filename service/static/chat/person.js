// A random id for this browser, so that the service can count people and let one change a rating.
// It says nothing about who it is, and the service keeps only a keyed hash of it.

const KEY = "footnoted.person";

let current = null;

/** This browser's id; where storage is switched off it lasts as long as the page. */
export function person() {
  current ??= kept() ?? made();
  return current;
}

function kept() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function made() {
  // Not crypto.randomUUID, which is missing where the page is served over plain HTTP.
  const id = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    localStorage.setItem(KEY, id);
  } catch {
    // Storage is switched off.
  }
  return id;
}

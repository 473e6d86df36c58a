// A random id for this browser, so that the service can count people and let one change a rating.
// It says nothing about who it is, and the service keeps only a keyed hash of it.

import { read, write } from "./store.js";

const KEY = "footnoted.person";

let current: string | null = null;

/** This browser's id; where storage is switched off it lasts as long as the page. */
export function person(): string {
  current ??= read(KEY) ?? made();
  return current;
}

export function forgetPerson(): void {
  current = null;
  write(KEY, null);
}

function made(): string {
  const id = randomId();
  write(KEY, id);
  return id;
}

/** 32 hexadecimal digits. Not crypto.randomUUID, which is missing where a page is served over plain HTTP. */
export const randomId = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

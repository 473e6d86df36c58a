import { byId, el } from "../dom.js";
import { get } from "../requests.js";

const FALLBACK = "default";
const KEPT = "footnoted.collection"; // in this tab only

/** The collection that is asked. The selector shows only where there is a choice. */
export class Collections {
  #all = null;

  constructor(onChange) {
    this.current = load() || FALLBACK;
    this.select = byId("collection");
    this.select.addEventListener("change", () => {
      this.current = this.select.value;
      save(this.current);
      onChange();
    });
  }

  /** Asks the server which collections there are; the current one changes where it is gone. */
  async refresh() {
    const { collections } = await get("/v1/collections");
    this.#all = collections;
    const names = collections.map(({ name }) => name);
    if (names.length && !names.includes(this.current)) {
      this.current = names.includes(FALLBACK) ? FALLBACK : names[0];
    }
    this.select.replaceChildren(...names.map((name) => el("option", { value: name }, name)));
    this.select.value = this.current;
    byId("collection-field").hidden = names.length < 2;
  }

  /** True only where the server said that the current collection holds nothing, or is not there yet. */
  get knownEmpty() {
    return this.#all !== null && !this.#all.find(({ name }) => name === this.current)?.documents;
  }
}

function load() {
  try {
    return sessionStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function save(name) {
  try {
    sessionStorage.setItem(KEPT, name);
  } catch {
    // Storage is switched off; the choice lasts as long as the page.
  }
}

// The conversation outlives a reload and a step back, in this tab only: each collection has its own.

const VERSION = 1;
const chatKey = (collection) => `footnoted.chat.${VERSION}.${collection}`;
const COLLECTION_KEY = "footnoted.collection";

/** The exchanges kept for a collection, oldest first. */
export function loadExchanges(collection) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(chatKey(collection)) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one?.question === "string") : [];
  } catch {
    return [];
  }
}

export function saveExchanges(collection, exchanges) {
  const slim = exchanges.map(withoutSpareHits);
  // Storage is small: the oldest exchanges give way rather than the newest.
  for (let from = 0; from <= slim.length; from++) {
    try {
      sessionStorage.setItem(chatKey(collection), JSON.stringify(slim.slice(from)));
      return;
    } catch (error) {
      if (error.name !== "QuotaExceededError") return; // storage is switched off
    }
  }
}

// Hits are shown only where there is no answer.
function withoutSpareHits(exchange) {
  if (exchange.answer?.status !== "answered") return exchange;
  return { ...exchange, answer: { ...exchange.answer, hits: [] } };
}

export function loadCollection() {
  try {
    return sessionStorage.getItem(COLLECTION_KEY);
  } catch {
    return null;
  }
}

export function saveCollection(name) {
  try {
    sessionStorage.setItem(COLLECTION_KEY, name);
  } catch {
    // Storage is switched off; the choice lasts as long as the page.
  }
}

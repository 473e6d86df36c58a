import { copy } from "./clipboard.js";
import { strings } from "./strings.js";
import { asTable } from "./tables.js";

// Everything here is an extra: the page is complete without it.

for (const rows of document.querySelectorAll("pre.rows")) asTable(rows, strings.table);

const cited = document.getElementById("cited");
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

if (cited) {
  // A reload or a step back keeps the reader's own place.
  const arrival = performance.getEntriesByType("navigation")[0]?.type ?? "navigate";
  if (arrival === "navigate") centre("auto");
  document.getElementById("jump")?.addEventListener("click", (event) => {
    event.preventDefault();
    centre(still ? "auto" : "smooth");
    cited.tabIndex = -1; // so that reading goes on from there
    cited.focus({ preventScroll: true });
  });
}

function centre(behavior) {
  cited.scrollIntoView({ block: cited.offsetHeight > innerHeight * 0.6 ? "start" : "center", behavior });
  for (const mark of document.querySelectorAll("mark")) {
    mark.classList.remove("flash");
    void mark.offsetWidth; // restarts the animation
    mark.classList.add("flash");
  }
}

const bar = document.getElementById("bar");
if (bar) {
  document.getElementById("tools").hidden = false;
  offer("copy-quote", strings.copyQuote, () => bar.dataset.quote);
  offer("copy-link", strings.copyLink, () => {
    const address = new URL(location.href);
    address.hash = "cited";
    return address.href;
  });
}

function offer(id, label, text) {
  const button = document.getElementById(id);
  button.textContent = label;
  button.addEventListener("click", async () => {
    const message = (await copy(text())) ? strings.copied : strings.copyFailed;
    button.textContent = message;
    document.getElementById("announcer").textContent = message;
    setTimeout(() => {
      button.textContent = label;
      document.getElementById("announcer").textContent = "";
    }, 2000);
  });
}

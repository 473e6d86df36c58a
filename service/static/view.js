import { copy } from "./clipboard.js";

// Everything here is an extra: the page is complete without it.

const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const cited = document.getElementById("cited") ?? document.getElementById("similar");
const outline = document.getElementById("outline");

// The outline is beside the text where there is room, else folded above it.
if (outline) {
  const withSheet = document.getElementById("sheet") !== null;
  outline.open = matchMedia(`(min-width: ${withSheet ? 96 : 64}rem)`).matches;
  showCurrent();
}

if (cited) {
  // A reload or a step back keeps the reader's own place. Where the words are only similar, the notice comes first.
  const arrival = performance.getEntriesByType("navigation")[0]?.type ?? "navigate";
  if (arrival === "navigate" && cited.id === "cited" && ["", "#cited"].includes(location.hash)) centre("auto");
  document.getElementById("jump")?.addEventListener("click", (event) => {
    event.preventDefault();
    centre(still ? "auto" : "smooth");
    cited.tabIndex = -1; // so that reading goes on from there
    cited.focus({ preventScroll: true });
  });
}

function centre(behavior) {
  cited.scrollIntoView({ block: cited.offsetHeight > innerHeight * 0.6 ? "start" : "center", behavior });
  for (const mark of document.querySelectorAll("mark:not(.similar)")) {
    mark.classList.remove("flash");
    void mark.offsetWidth; // restarts the animation
    mark.classList.add("flash");
  }
}

const bar = document.getElementById("bar");
if (bar) {
  document.getElementById("tools").hidden = false;
  offer("copy-quote", () => bar.dataset.quote);
  offer("copy-link", () => new URL(bar.dataset.link, location.href).href);
}

function offer(id, text) {
  const button = document.getElementById(id);
  if (!button) return;
  const label = button.textContent;
  button.addEventListener("click", async () => {
    const message = (await copy(text())) ? document.body.dataset.copied : document.body.dataset.copyFailed;
    button.textContent = message;
    document.getElementById("announcer").textContent = message;
    setTimeout(() => {
      button.textContent = label;
      document.getElementById("announcer").textContent = "";
    }, 2000);
  });
}

// The heading that is being read is the current one of the outline.
function showCurrent() {
  const links = new Map();
  for (const link of outline.querySelectorAll('a[href^="#"]')) links.set(link.hash.slice(1), link);
  const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  const list = outline.querySelector("nav");
  let waiting = false;

  const mark = (link) => {
    const before = outline.querySelector("[aria-current]");
    if (before === link) return;
    before?.removeAttribute("aria-current");
    link.setAttribute("aria-current", "location");
    keepInSight(list, link);
  };
  const note = () => {
    waiting = false;
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top < readingLine());
    const current = passed.at(-1) ?? headings[0];
    if (current) mark(links.get(current.id));
  };
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(note);
  }, { passive: true });
  const first = outline.querySelector("[aria-current]");
  if (first) keepInSight(list, first);
}

// How far down the window the reader is taken to be: at the cited words while they are in its upper half.
function readingLine() {
  const at = cited?.getBoundingClientRect().top ?? -1;
  return at > 0 && at < innerHeight * 0.6 ? at : innerHeight / 3;
}

// scrollIntoView would move the page as well.
function keepInSight(list, link) {
  const top = link.offsetTop - list.offsetTop;
  if (top < list.scrollTop || top + link.offsetHeight > list.scrollTop + list.clientHeight) {
    list.scrollTop = top - list.clientHeight / 2;
  }
}

// Another page of the PDF comes in place: the reader's place in the text is kept.
document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[href$='#sheet']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !link.getAttribute("href").startsWith("/")) return;
  event.preventDefault();
  const fetched = await fetchSheet(link.href);
  if (!fetched) {
    location.assign(link.href);
    return;
  }
  const sheet = document.getElementById("sheet");
  const label = link.getAttribute("aria-label");
  const place = scrollY;
  sheet.replaceChildren(...fetched.childNodes);
  history.replaceState(null, "", link.href);
  const again = [...sheet.querySelectorAll("a.step")].find((step) => step.getAttribute("aria-label") === label);
  again?.focus({ preventScroll: true });
  scrollTo({ top: place, behavior: "instant" });
  document.getElementById("announcer")?.replaceChildren(sheet.querySelector(".count").textContent);
  if (sheet.getBoundingClientRect().bottom < 0) sheet.scrollIntoView(); // on a phone it is above the text
});

async function fetchSheet(address) {
  try {
    const response = await fetch(address);
    if (!response.ok) return null;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return page.getElementById("sheet");
  } catch {
    return null;
  }
}

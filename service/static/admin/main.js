import { byId, el, hidden } from "../dom.js";
import * as collections from "./collections.js";
import * as documents from "./documents.js";
import * as jobs from "./jobs.js";
import * as keys from "./keys.js";
import { announce, failure } from "./parts.js";
import * as quality from "./quality.js";
import * as questions from "./questions.js";
import { forgetToken, showSignIn, signIn, signOut, takeError, takeToken } from "./session.js";
import * as sites from "./sites.js";
import * as sources from "./sources.js";
import * as upload from "./upload.js";
import { words } from "./words.js";

const sections = { collections, documents, upload, sources, quality, jobs, questions, sites, keys };
const first = "collections";
let leaving = new AbortController();
let signedIn = document.body.dataset.signedIn === "true";

/** The address after the #: `#/documents/default?search=x` is section, path and query. */
function place() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [name, ...rest] = path.split("/").filter(Boolean).map(decode);
  return { name: Object.hasOwn(sections, name ?? "") ? name : first, path: rest, query: new URLSearchParams(query) };
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // somebody wrote it by hand
  }
}

async function show(moveFocus) {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  if (!signedIn) return;
  const { name, path, query } = place();
  const heading = el("h1", { tabindex: "-1", id: "heading" }, words.sections[name]);
  const body = el("div", { class: "section" });
  byId("main").replaceChildren(heading, body);
  document.title = `${words.sections[name]} – ${words.title}`;
  markCurrent(name);
  if (moveFocus) {
    heading.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  const view = { root: body, heading, path, query, signal, again: () => show(false) };
  try {
    await sections[name].show(view);
  } catch (error) {
    if (error.name === "AbortError" || signal.aborted) return;
    if (error.code === undefined) throw error; // a fault of this page, for its console
    body.replaceChildren(failure(error, view.again));
  }
}

function markCurrent(name) {
  for (const link of document.querySelectorAll("#nav a")) {
    const here = link.dataset.section === name;
    link.toggleAttribute("aria-current", here);
    if (here) {
      link.setAttribute("aria-current", "page");
      link.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }
}

function showFrame() {
  byId("nav").setAttribute("aria-label", words.nav);
  byId("nav-list").replaceChildren(
    ...Object.entries(words.sections).map(([name, label]) => el("li", {}, el("a", { href: `#/${name}`, "data-section": name }, label))),
  );
  byId("skip").textContent = words.skip;
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault(); // the fragment is the section's
    (byId("heading") ?? byId("main")).focus();
  });
  byId("to-chat").replaceChildren(words.openChat, hidden(words.newTab));
  byId("sign-out").textContent = words.signOut;
  byId("sign-out").addEventListener("click", async () => {
    await signOut();
    leave(words.signedOut);
  });
  byId("sign-out-everywhere").textContent = words.signOutEverywhere;
  byId("sign-out-everywhere").addEventListener("click", async () => {
    await signOut(true);
    leave(words.signedOutEverywhere);
  });
}

function enter() {
  signedIn = true;
  document.body.dataset.signedIn = "true";
  show(true);
}

function leave(why, error = null) {
  signedIn = false;
  leaving.abort();
  document.body.dataset.signedIn = "false";
  document.querySelector("dialog[open]")?.close();
  document.title = `${words.signInTitle} – ${words.title}`;
  showSignIn(byId("main"), enter, why, error);
}

async function start() {
  showFrame();
  const token = takeToken();
  if (token) {
    try {
      await signIn(token);
      signedIn = true;
    } catch (error) {
      if (!signedIn) return leave("", error);
      announce(error.detail);
    }
  }
  const failed = takeError();
  if (signedIn) enter();
  else leave("", failed);
}

addEventListener("hashchange", async () => {
  const token = takeToken(); // the server's link, opened in a tab that has the page
  if (token) {
    try {
      await signIn(token);
      enter();
    } catch (error) {
      leave("", error);
    }
  } else show(true);
});
addEventListener("sign-in-needed", () => signedIn && leave(words.expired));
// A page that comes back by the Back button has its old content: what it may show is for the server to say.
addEventListener("pageshow", (event) => event.persisted && location.reload());
forgetToken();
start();

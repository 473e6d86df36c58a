import { el } from "../dom.js";
import { get } from "../requests.js";
import { button, facts, failure, pageLink } from "./parts.js";
import { percent, when, words } from "./words.js";

const say = words.questions;
const PAGE = 30;

/** What people asked lately, how it was answered, and what they thought of it. */
export async function show(view) {
  const only = Object.hasOwn(say.only, view.query.get("only") ?? "") ? view.query.get("only") : "all";
  const first = await get("/v1/admin/questions", { only, limit: PAGE }, view.signal);
  if (!first.keep_days) {
    view.root.replaceChildren(el("p", { class: "nothing" }, say.off));
    return;
  }
  const list = el("ol", { class: "cards asked" });
  const after = el("div", { class: "buttons" });
  const add = ({ questions, more }) => {
    list.append(...questions.map(card));
    after.replaceChildren(more ? button("secondary more", words.more, next) : "");
  };
  const next = async () => {
    try {
      const before = list.childElementCount;
      add(await get("/v1/admin/questions", { only, limit: PAGE, offset: before }, view.signal));
      list.children[before]?.querySelector("summary")?.focus();
    } catch (error) {
      if (error.name !== "AbortError") after.replaceChildren(failure(error, next));
    }
  };
  view.root.replaceChildren(el("p", { class: "intro" }, say.intro(first.keep_days)), filters(only), list, after);
  add(first);
  if (!first.questions.length) list.replaceWith(el("p", { class: "nothing" }, say.none[only]));
}

const filters = (only) =>
  el(
    "nav",
    { class: "filters", "aria-label": say.filter },
    el("ul", {}, Object.entries(say.only).map(([name, label]) => el("li", {}, el("a", { href: `#/questions?only=${name}`, "aria-current": name === only ? "true" : null }, label)))),
  );

function card(asked) {
  const answered = asked.status === "answered";
  return el(
    "li",
    { class: "card" },
    el("h2", { dir: "auto" }, asked.question),
    facts(
      el("span", { class: `state ${asked.status}` }, say.status[asked.status] ?? asked.status),
      say.confidence(asked.confidence),
      when(asked.asked_at),
      asked.collection,
    ),
    asked.understood_as !== asked.question ? el("p", { class: "muted", dir: "auto" }, say.understoodAs(asked.understood_as)) : null,
    asked.feedback.length ? el("ul", { class: "feedback" }, asked.feedback.map(thumb)) : null,
    el(
      "details",
      {},
      el("summary", {}, say.details),
      answered ? el("p", { class: "said", dir: "auto" }, asked.answer) : el("p", { class: "said muted" }, say.notFound),
      answered ? citations(asked.citations) : nearest(asked),
    ),
  );
}

function thumb({ rating, reason, comment }) {
  const told = rating === "up" ? say.up : say.down;
  return el("li", { class: rating }, el("strong", {}, told), reason ? `: ${say.reasons[reason] ?? reason}` : "", comment ? el("q", { dir: "auto" }, comment) : "");
}

function citations(all) {
  const each = all.map((one) =>
    el(
      "li",
      {},
      el("p", {}, `[${one.marker}] `, pageLink(one.url, { dir: "auto" }, one.title), one.page ? `, ${say.page(one.page)}` : ""),
      el("blockquote", { dir: "auto" }, one.quote),
    ),
  );
  return [el("h3", {}, say.citations), el("ul", { class: "citations" }, each)];
}

function nearest({ nearest: found, collection }) {
  if (!found.length) return null;
  const address = (one) => `/view/${encodeURIComponent(one.document_id)}?${new URLSearchParams({ collection })}`;
  return [el("h3", {}, say.nearest), el("ul", { class: "citations" }, found.map((one) => el("li", {}, pageLink(address(one), { dir: "auto" }, one.title))))];
}

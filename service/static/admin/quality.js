import { el } from "../dom.js";
import { get, part } from "../requests.js";
import { button, facts, failure, pageLink } from "./parts.js";
import { chosenCollection } from "./picker.js";
import { percent, words } from "./words.js";

const say = words.quality;
const PAGE = 20;
const PAGES_SHOWN = 12;
const PDF = "application/pdf";

const address = (name) => `/v1/collections/${part(name)}/quality`;
const stretch = ({ collection }, code, offset, view) => get(address(collection), { code, limit: PAGE, offset }, view.signal);

/** What may cost answers: of a collection by kind, or of the one document that the address names. */
export async function show(view) {
  const chosen = await chosenCollection(view, "quality");
  if (!chosen) return;
  const bar = el("div", { class: "bar" }, chosen.picker);
  const document = view.query.get("document");
  if (document) {
    const report = await get(`/v1/documents/${part(document)}/quality`, { collection: chosen.name }, view.signal);
    view.root.replaceChildren(el("a", { class: "back", href: `#/quality/${part(chosen.name)}` }, say.toCollection(chosen.name)), ...ofDocument(report, chosen.name));
    return;
  }
  const report = await get(address(chosen.name), { limit: PAGE }, view.signal);
  view.root.replaceChildren(bar, el("p", { class: "intro" }, say.intro), ...ofCollection(report, view));
}

function ofCollection(report, view) {
  const { findings, duplicates, near_identical: near, failed, not_assessed: unknown } = report;
  const told = facts(
    say.documents(report.documents),
    say.passages(report.passages),
    report.with_findings ? say.withFindings(report.with_findings) : null,
    failed.total ? say.failed(failed.total) : null,
    unknown.total ? say.notAssessed(unknown.total) : null,
  );
  const cards = [
    failed.total ? failures(failed, report, view) : null,
    ...findings.map((finding) => kind(finding, report, view)),
    duplicates.total ? alike(say.duplicates, duplicates, report, "duplicates", view) : null,
    near.total ? alike(say.nearIdentical, near, report, "near_identical", view) : null,
    unknown.total ? notAssessed(unknown, report, view) : null,
  ].filter(Boolean);
  if (!report.documents && !failed.total) return [el("p", { class: "nothing" }, say.empty)];
  return [told, cards.length ? el("ul", { class: "cards quality" }, cards) : el("p", { class: "nothing" }, say.nothing)];
}

/** A card with a list that goes on by a button: `next` makes the entries from a number on. */
function card(title, hint, total, entries, attributes, next) {
  const list = el("ul", { class: "found" }, entries);
  const after = el("div", { class: "buttons" });
  const offer = () => after.replaceChildren(list.childElementCount < total ? button("secondary more", words.more, more, { "aria-label": say.moreOf(title) }) : "");
  const more = async () => {
    const before = list.childElementCount;
    try {
      list.append(...(await next(before)));
      offer();
      list.children[before]?.querySelector("a, summary")?.focus();
    } catch (error) {
      if (error.name !== "AbortError") after.replaceChildren(failure(error, more));
    }
  };
  offer();
  return el("li", { class: "card", ...attributes }, el("h2", {}, title), hint ? el("p", { class: "muted" }, hint) : null, el("details", { open: total <= 5 }, el("summary", {}, say.listed(total)), list, after));
}

function kind(finding, report, view) {
  const title = say.codes[finding.code] ?? finding.code;
  const draw = (found) => found.map((one) => foundIn(one, report.collection));
  const next = async (offset) => {
    const { findings } = await stretch(report, finding.code, offset, view);
    return draw(findings.find(({ code }) => code === finding.code)?.found ?? []);
  };
  return card(`${title} (${say.documents(finding.documents)})`, "", finding.total, draw(finding.found), { "data-code": finding.code }, next);
}

const foundIn = (one, collection) =>
  el("li", {}, el("p", { class: "name" }, documentLink(one, collection)), el("p", { dir: "auto" }, withCode(one.message)), pageLinks(one));

const documentLink = (one, collection) =>
  el("a", { href: `#/quality/${part(collection)}?document=${part(one.document_id)}`, dir: "auto", title: one.uri }, one.title);

/** Only pages of PDFs can be opened one by one. */
function pageLinks({ pages, media_type: type, url, title }) {
  if (!pages.length) return null;
  const shown = pages.slice(0, PAGES_SHOWN).map((page) => (type === PDF ? el("li", {}, pageLink(`${url}&page=${page}#sheet`, { "aria-label": `${say.pageOf(page, title)} ${words.newTab}` }, String(page))) : el("li", {}, String(page))));
  if (pages.length > PAGES_SHOWN) shown.push(el("li", {}, say.morePages(pages.length - PAGES_SHOWN)));
  return el("div", { class: "pages" }, el("span", {}, say.pages), el("ul", {}, shown));
}

function failures(failed, report, view) {
  const draw = (sources) => sources.map((one) => el("li", {}, el("p", { class: "name" }, el("bdi", {}, place(one.uri))), el("p", {}, withCode(one.message)), one.hint ? el("p", { class: "muted" }, withCode(one.hint)) : null));
  const next = async (offset) => draw((await stretch(report, "failed", offset, view)).failed.sources);
  return card(say.failedTitle(failed.total), say.failedHint, failed.total, draw(failed.sources), { "data-code": "failed" }, next);
}

function alike({ title, hint }, groups, report, key, view) {
  const draw = (listed) =>
    listed.map((group) =>
      el(
        "li",
        {},
        el("ul", { class: "group" }, group.documents.map((one, i) => member(one, i, report.collection))),
        group.total > group.documents.length ? el("p", { class: "muted" }, say.others(group.total - group.documents.length)) : null,
      ),
    );
  const next = async (offset) => draw((await stretch(report, key, offset, view))[key].groups);
  return card(title(groups.total), hint, groups.total, draw(groups.groups), { "data-code": key }, next);
}

const member = (one, i, collection) =>
  el("li", {}, documentLink(one, collection), el("p", { class: "facts" }, el("span", {}, el("bdi", {}, place(one.uri))), i ? el("span", {}, likeness(one.similarity)) : null));

const likeness = (similarity) => (similarity === 1 ? say.sameText : say.alike(percent(similarity)));

function notAssessed(unknown, report, view) {
  const draw = (documents) => documents.map((one) => el("li", {}, el("p", { class: "name" }, documentLink(one, report.collection))));
  const next = async (offset) => draw((await stretch(report, "not_assessed", offset, view)).not_assessed.documents);
  return card(say.notAssessedTitle(unknown.total), say.notAssessedHint, unknown.total, draw(unknown.documents), { "data-code": "not_assessed" }, next);
}

function ofDocument(report, collection) {
  const findings = report.findings.map((finding) => {
    const title = say.codes[finding.code] ?? finding.code;
    return el("li", { class: "card", "data-code": finding.code }, el("h3", {}, title), el("p", { dir: "auto" }, withCode(finding.message)), pageLinks({ ...report, ...finding }));
  });
  if (report.failure) {
    findings.unshift(el("li", { class: "card", "data-code": "failed" }, el("h3", {}, say.newerFailed), el("p", {}, withCode(report.failure.message)), el("p", { class: "muted" }, withCode(report.failure.hint))));
  }
  if (report.alike.length) {
    const near = el("ul", { class: "group" }, report.alike.map((one) => member(one, 1, collection)));
    findings.push(el("li", { class: "card", "data-code": "alike" }, el("h3", {}, say.alikeTitle), near));
  }
  const nothing = report.assessed ? say.nothingHere : say.notAssessedHint;
  return [
    el("h2", { class: "document-name", dir: "auto" }, pageLink(report.url, {}, report.title)),
    facts(el("bdi", {}, place(report.uri))),
    findings.length ? el("ul", { class: "cards quality" }, findings) : el("p", { class: "nothing" }, nothing),
  ].filter(Boolean);
}

/** The server's sentences set commands between backticks. */
const withCode = (text) => text.split("`").map((piece, i) => (i % 2 ? el("code", {}, piece) : piece));

/** An address as people know it. */
function place(uri) {
  const rest = uri.replace(/^(upload:|file:\/\/)/, "");
  try {
    return decodeURIComponent(rest);
  } catch {
    return rest;
  }
}

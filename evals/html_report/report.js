"use strict";

// Filtering and sorting. Everything can be read without this; the script only hides and orders what is there.
(() => {
  const table = document.querySelector(".questions");
  if (!table) return;

  const tools = document.getElementById("tools");
  const field = (name) => document.getElementById(name);
  const entries = JSON.parse(field("data").textContent).map((facts, i) => ({ ...facts, body: table.tBodies[i], place: i }));

  // Only what came with the run is searched, not the page's own words; read when first asked for.
  const words = (entry) =>
    (entry.text ??= [...entry.body.querySelectorAll("[dir=auto], bdi, .body .facts > :first-child")]
      .map((element) => element.textContent)
      .join("\n")
      .toLowerCase());

  const chosen = (name) => field(name)?.value ?? "";

  function filter() {
    const sought = field("search").value.trim().toLowerCase();
    const [outcome, tag, change] = ["outcome", "tag", "change"].map(chosen);
    let shown = 0;
    for (const entry of entries) {
      const fits =
        (!outcome || entry.outcome === outcome) &&
        (!tag || entry.tags.includes(tag)) &&
        (!change || entry.change === change) &&
        (!sought || words(entry).includes(sought));
      entry.body.hidden = !fits;
      shown += fits;
    }
    field("shown").textContent = `${shown.toLocaleString("en")} of ${entries.length.toLocaleString("en")} questions`;
  }

  function sort() {
    const [key, direction] = field("sort").value.split(":");
    const sign = direction === "down" ? -1 : 1;
    const ordered = [...entries].sort((a, b) => {
      if (!key) return a.place - b.place;
      // What has no value comes last in either direction.
      if (a[key] === null || b[key] === null) return (a[key] === null) - (b[key] === null) || a.place - b.place;
      return sign * (a[key] - b[key]) || a.place - b.place;
    });
    table.append(...ordered.map((entry) => entry.body));
    for (const heading of table.querySelectorAll("th[data-sort]")) {
      if (heading.dataset.sort === key) heading.setAttribute("aria-sort", sign < 0 ? "descending" : "ascending");
      else heading.removeAttribute("aria-sort");
    }
  }

  for (const heading of table.querySelectorAll("th[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => {
      const key = heading.dataset.sort;
      field("sort").value = field("sort").value === `${key}:down` ? `${key}:up` : `${key}:down`;
      sort();
    });
    heading.append(button);
  }

  for (const link of document.querySelectorAll("a[data-outcome]")) {
    link.addEventListener("click", () => {
      for (const name of ["search", "tag", "change"]) if (field(name)) field(name).value = "";
      field("outcome").value = link.dataset.outcome;
      filter();
    });
  }

  function openTarget() {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.matches(".question")) target.querySelector("details").open = true;
  }

  // A line is a larger target than its triangle; selecting text in it must not fold anything.
  table.addEventListener("click", (event) => {
    const line = event.target.closest("tr.line");
    if (!line || String(getSelection())) return;
    const details = line.parentElement.querySelector("details");
    details.open = !details.open;
  });

  tools.addEventListener("submit", (event) => event.preventDefault());
  field("search").addEventListener("input", filter);
  for (const name of ["outcome", "tag", "change"]) field(name)?.addEventListener("change", filter);
  field("sort").addEventListener("change", sort);
  addEventListener("hashchange", openTarget);

  tools.hidden = false;
  // A browser keeps what was chosen before a reload.
  filter();
  sort();
  openTarget();
})();

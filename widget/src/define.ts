// The script: defines the elements, and where its tag names a site or a collection, puts a launcher on the page.

// A classic script knows its tag while it runs; a module does not.
const tag =
  document.currentScript instanceof HTMLScriptElement
    ? document.currentScript
    : document.querySelector<HTMLScriptElement>('script[src*="/widget.js"]');
const home = tag?.src ? new URL(".", tag.src).href.replace(/\/$/, "") : "";

// The first script on a page defines; another one, of whatever version, does not even evaluate its elements: policies of
// trusted types can be made once only.
if (!customElements.get("footnoted-chat")) void import("./elements.js").then(({ defineElements }) => defineElements(home));

if (tag && (tag.dataset["site"] || tag.dataset["collection"])) {
  const launch = () => launcherOf(tag.dataset);
  if (document.body) launch();
  else addEventListener("DOMContentLoaded", launch, { once: true });
}

/** Adds the launcher, unless the same script is on the page twice. */
function launcherOf({ site, collection, lang, position, theme, open }: DOMStringMap): void {
  const same = [...document.querySelectorAll("footnoted-launcher")].some(
    (one) => one.getAttribute("server") === home && one.getAttribute("site") === (site ?? null) && one.getAttribute("collection") === (collection ?? null),
  );
  if (same) return;
  const launcher = document.createElement("footnoted-launcher");
  const attributes = { server: home, site, collection, lang, position, theme, open: open === "false" ? undefined : open };
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) launcher.setAttribute(name, value);
  }
  document.body.append(launcher);
}

export {};

import { cssColour, parseColour, type Rgb, readable, textOn } from "./colour.js";

const DARK = "(prefers-color-scheme: dark)";

/** Watches whether the reader prefers dark pages; gives the way to stop that. */
export function watchDark(changed: () => void): () => void {
  const query = matchMedia(DARK);
  query.addEventListener("change", changed);
  return () => query.removeEventListener("change", changed);
}

/** Whether a theme ("light", "dark", "auto") is dark now. */
export const isDark = (theme: string): boolean => theme === "dark" || (theme !== "light" && matchMedia(DARK).matches);

const painted = new WeakMap<HTMLElement, string>();

/**
 * Sets the accent on the root: `--footnoted-accent` of the page if there is one, else the site's, else the style sheet's.
 * As a fill it stays as it is and takes black or white words; as the colour of words it is moved until it reads.
 */
export function paint(root: HTMLElement, accent: string | null): void {
  const look = `${root.classList.contains("dark")} ${accent}`;
  if (painted.get(root) === look) return; // at each token of an answer, nothing changed
  painted.set(root, look);
  if (matchMedia("(forced-colors: active)").matches) return; // the reader's own colours
  for (const name of ["--_fill", "--_accent", "--_on-accent"]) root.style.removeProperty(name);
  const background = resolve(root, "var(--_bg)") ?? [255, 255, 255];
  const surface = resolve(root, "var(--_surface)") ?? background;
  const wished = resolve(root, "var(--footnoted-accent)") ?? (accent ? resolve(root, accent) : null);
  const fill = wished ?? resolve(root, "var(--_accent)") ?? [36, 72, 155];
  const soft = resolve(root, `color-mix(in srgb, ${cssColour(fill)} 22%, var(--_bg))`) ?? background;
  root.style.setProperty("--_fill", cssColour(fill));
  root.style.setProperty("--_accent", cssColour(readable(fill, [background, surface, soft])));
  root.style.setProperty("--_on-accent", cssColour(textOn(fill)));
}

// The browser itself reads the colour; mixing it with itself brings every notation to sRGB.
function resolve(root: HTMLElement, colour: string): Rgb | null {
  const mark = "rgb(1, 2, 3)"; // what is inherited where the colour is none
  const outer = document.createElement("span");
  const inner = document.createElement("span");
  outer.style.color = mark;
  outer.append(inner);
  root.append(outer);
  inner.style.color = `color-mix(in srgb, ${colour}, ${colour})`;
  const computed = getComputedStyle(inner).color;
  outer.remove();
  return computed === mark ? null : parseColour(computed);
}

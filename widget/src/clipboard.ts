/** Puts text on the clipboard; says whether it worked. `within` takes a field for a moment where it must. */
export async function copy(text: string, within: Element): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text, within);
  }
}

// The clipboard interface is missing where a page is served over plain HTTP, and forbidden in some frames.
function copyBySelection(text: string, within: Element): boolean {
  const before = (within.getRootNode() as Document | ShadowRoot).activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "unseen";
  area.setAttribute("aria-hidden", "true");
  within.append(area);
  area.select();
  let copied = false;
  try {
    copied = document.execCommand("copy");
  } catch {
    copied = false;
  }
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return copied;
}

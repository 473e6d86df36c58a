import { strings } from "../strings.js";
import { spanInSentence } from "./codepoints.js";
import { el, newTabNote, ownAddress } from "./dom.js";
import { peekFrom } from "./peek.js";

/** One sentence with its markers. `citations` maps a marker to its citation, as far as they have come. */
export function sentenceNode(sentence, citations, span, ids) {
  const node = el("span", { class: sentence.supported ? "sentence" : "sentence unsupported" });
  node.append(...emphasised(sentence, citations, span));
  for (const number of sentence.markers) {
    // A no-break space keeps the marker on the line of the word that it belongs to.
    node.append("\u00a0", markerNode(number, citations.get(number), ids));
  }
  if (!sentence.supported) node.append(" ", el("span", { class: "tag" }, strings.unsupported));
  return node;
}

function emphasised(sentence, citations, span) {
  const cited = span && sentence.markers.includes(span.marker) && citations.get(span.marker);
  const range = cited ? spanInSentence(sentence.text, cited, span) : null;
  return withStrong(sentence.text, range);
}

/** Text with the characters [from, to) in bold. */
export function withStrong(text, range) {
  if (!range) return [text];
  return [text.slice(0, range[0]), el("strong", {}, text.slice(...range)), text.slice(range[1])].filter((part) => part !== "");
}

/** A marker. Without its citation it is plain text that `linkMarker` turns into a link later. */
function markerNode(number, citation, ids) {
  const marker = el("a", { class: "marker", "data-marker": number }, strings.marker(number));
  if (citation) linkMarker(marker, citation, ids);
  return marker;
}

export function linkMarker(marker, citation, ids) {
  if (marker.hasAttribute("target")) return;
  const href = ownAddress(citation.url);
  if (href) marker.href = href;
  else marker.tabIndex = 0; // still reachable for its preview
  marker.target = "_blank";
  marker.rel = "noopener";
  marker.textContent = strings.marker(citation.marker);
  marker.append(
    el("span", { class: "visually-hidden" }, ` ${strings.markerLabel(citation.title)}`),
    newTabNote(),
  );
  marker.setAttribute("aria-describedby", ids.quote(citation.marker));
  peekFrom(marker, citation);
}

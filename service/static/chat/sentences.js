import { strings } from "../strings.js";
import { spanInSentence } from "./codepoints.js";
import { el, ownAddress, withStrong } from "./dom.js";
import { peekFrom } from "./peek.js";

/** One sentence with its markers. `citations` maps a marker to its citation, as far as they have come. */
export function sentenceNode(sentence, citations, span, ids) {
  const node = el("span", { class: sentence.supported ? "sentence" : "sentence unsupported" });
  node.append(el("span", { class: "words" }, ...emphasised(sentence, citations, span)));
  for (const number of sentence.markers) {
    // A narrow no-break space keeps the marker on the line of the word that it belongs to.
    node.append("\u202f", markerNode(number, citations.get(number), ids));
  }
  if (!sentence.supported) node.append(" ", el("span", { class: "tag" }, strings.unsupported));
  return node;
}

function emphasised(sentence, citations, span) {
  const cited = span && sentence.markers.includes(span.marker) && citations.get(span.marker);
  const range = cited ? spanInSentence(sentence.text, cited, span) : null;
  return withStrong(sentence.text, range);
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
  if (href) {
    marker.href = href;
  } else {
    // No address to go to, but still reachable for its preview.
    marker.tabIndex = 0;
    marker.setAttribute("role", "link");
    marker.setAttribute("aria-disabled", "true");
  }
  marker.target = "_blank";
  marker.rel = "noopener";
  marker.setAttribute("aria-label", strings.markerLabel(citation.marker, citation.title));
  marker.setAttribute("aria-describedby", ids.quote(citation.marker));
  peekFrom(marker, citation);
}

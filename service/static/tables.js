const CELL = " | ";

/** Turns lines of cells into a table, keeping the lit parts lit; leaves ragged lines as they are. */
export function asTable(pre, label) {
  const rows = cells(pre);
  if (rows.length < 2 || rows[0].length < 2 || rows.some((row) => row.length !== rows[0].length)) return;
  const table = document.createElement("table");
  table.dir = "auto";
  for (const row of rows) {
    const line = table.insertRow();
    for (const cell of row) line.insertCell().append(...cell);
  }
  const frame = document.createElement("div");
  frame.className = "table";
  // A wide table scrolls inside its frame, so the frame must be reachable by keyboard.
  frame.tabIndex = 0;
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", label);
  frame.append(table);
  pre.replaceWith(frame);
}

// Rows of cells of nodes. A mark that runs over several cells is cut into one mark a cell.
function cells(pre) {
  const rows = [[[]]];
  for (const node of [...pre.childNodes]) {
    let named = false;
    for (const piece of node.textContent.split(/(\n| \| )/)) {
      if (piece === "\n") rows.push([[]]);
      else if (piece === CELL) rows.at(-1).push([]);
      else if (piece) {
        rows.at(-1).at(-1).push(wrapped(node, piece, named));
        named = true;
      }
    }
  }
  return rows;
}

function wrapped(node, text, named) {
  if (node.nodeType === Node.TEXT_NODE) return text;
  const mark = node.cloneNode(false);
  if (named) mark.removeAttribute("id");
  mark.textContent = text;
  return mark;
}

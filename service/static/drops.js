/** Takes files that are dropped anywhere on the page, until `signal` aborts. */
export function acceptDrops(onFiles, signal = undefined) {
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  let depth = 0; // each child entered fires its own enter and leave
  const settle = () => document.body.classList.toggle("dragging", depth > 0);
  const enter = (by) => (event) => {
    if (!hasFiles(event)) return;
    depth = Math.max(0, depth + by);
    settle();
  };
  const drop = (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    settle();
    onFiles([...event.dataTransfer.files]);
  };
  addEventListener("dragenter", enter(1), { signal });
  addEventListener("dragleave", enter(-1), { signal });
  addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault(), { signal });
  addEventListener("drop", drop, { signal });
  signal?.addEventListener("abort", () => document.body.classList.remove("dragging"));
}

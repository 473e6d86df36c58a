/** Keeps the page below a full screen from scrolling, and puts back exactly what was there. */
export class ScrollLock {
  #before: string | null = null;

  take(): void {
    if (this.#before !== null) return;
    const { style } = document.documentElement;
    this.#before = style.overflow;
    style.overflow = "hidden";
  }

  release(): void {
    if (this.#before === null) return;
    document.documentElement.style.overflow = this.#before;
    this.#before = null;
  }
}

/** Keeps a full screen above the on-screen keyboard, which some browsers lay over the page. */
export class KeyboardRoom {
  #stop: (() => void) | null = null;

  follow(panel: HTMLElement): void {
    this.release();
    const view = window.visualViewport;
    if (!view) return;
    const fit = () => {
      if (view.scale > 1.01) return; // zoomed in by the reader
      panel.style.height = `${view.height}px`;
      panel.style.top = `${view.offsetTop}px`;
    };
    view.addEventListener("resize", fit);
    view.addEventListener("scroll", fit);
    fit();
    this.#stop = () => {
      view.removeEventListener("resize", fit);
      view.removeEventListener("scroll", fit);
      panel.style.removeProperty("height");
      panel.style.removeProperty("top");
    };
  }

  release(): void {
    this.#stop?.();
    this.#stop = null;
  }
}

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Api } from "./api.js";
import { Failure } from "./failure.js";
import { icon } from "./icons.js";
import type { Strings } from "./locales/en.js";
import { sourcePageStyles } from "./styles/source-page.js";
import { base } from "./styles/tokens.js";
import type { Box, Source } from "./wire.js";

const ZOOMS = [1, 1.5, 2, 3];
const MIN_WIDTH = 200; // what the service renders, in pixels
const MAX_WIDTH = 2400;
const WIDTH_STEP = 200; // so that the service can answer most windows from its cache

/** `<footnoted-source-page>`: a page of a PDF as an image, with the cited words lit. */
export class SourcePageElement extends LitElement {
  static override properties = {
    api: { attribute: false },
    strings: { attribute: false },
    source: { attribute: false },
    page: { state: true },
    zoom: { state: true },
    painted: { state: true },
    failed: { state: true },
  };
  static override styles = [base, sourcePageStyles];

  api?: Api;
  strings?: Strings;
  source?: Source;
  private page = 1;
  private zoom = 0;
  private painted = ""; // the page that the canvas shows: boxes of another one would light wrong words
  private failed = false;
  #asked = ""; // the image that was asked for last; an older one that comes late is not drawn
  #bringToBox = true;
  #sizes = new ResizeObserver(() => void this.#draw());

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes.disconnect();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.#frame) this.#sizes.observe(this.#frame);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has("source") || !this.source) return;
    this.page = this.source.cited?.boxes[0]?.page ?? this.source.cited?.page ?? 1;
    this.#asked = this.painted = "";
    this.#renewed();
  }

  protected override firstUpdated(): void {
    if (this.#frame) this.#sizes.observe(this.#frame);
  }

  protected override updated(): void {
    this.#placeBoxes();
    if (this.#bringToBox && this.painted === this.#key) {
      this.#bringToBox = false;
      this.#scrollToBox();
    }
    void this.#draw();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { source, strings, page } = this;
    if (!source || !strings) return nothing;
    const total = source.pages ?? 1;
    return html`
      <div class="tools" role="group" aria-label=${strings.showPage}>
        ${this.#tool(strings.previousPage, icon("previous"), page > 1, () => this.#turn(-1))}
        <span class="count" role="status">${strings.pageOf(page, total)}</span>
        ${this.#tool(strings.nextPage, icon("next"), page < total, () => this.#turn(1))}
        <span class="space"></span>
        ${this.#tool(strings.zoomOut, icon("minus"), this.zoom > 0, () => (this.zoom -= 1))}
        ${this.#tool(strings.zoomIn, icon("plus"), this.zoom < ZOOMS.length - 1, () => (this.zoom += 1))}
      </div>
      <div class="frame" tabindex="0" role="group" aria-label=${strings.pageOf(page, total)} aria-busy=${!this.failed && this.painted !== this.#key}>
        ${this.failed ? this.#failure(strings) : nothing}
        <div class="sheet" data-zoom=${this.zoom} ?hidden=${this.failed}>
          <canvas role="img" aria-label=${strings.pageImage(page, source.title)}></canvas>
          ${this.#boxes.map(() => html`<div class=${source.state === "changed" ? "box similar" : "box"} aria-hidden="true"></div>`)}
        </div>
        ${this.#boxes.length
          ? html`<p class="unseen">${source.state === "changed" ? strings.wordsNow : strings.citedWords}: <q dir="auto" lang=${source.language ?? nothing}>${source.cited?.quote}</q></p>`
          : nothing}
      </div>
    `;
  }

  // Not `disabled`: a button that loses the focus while it is pressed throws the reader out of the panel.
  #tool(label: string, drawing: TemplateResult, possible: boolean, act: () => void): TemplateResult {
    const press = (): void => {
      if (possible) act();
    };
    return html`<button type="button" aria-label=${label} title=${label} aria-disabled=${!possible} class="iconic" @click=${press}>${drawing}</button>`;
  }

  #failure(strings: Strings): TemplateResult {
    const retry = (): void => {
      this.#asked = "";
      this.failed = false;
      this.#frame?.focus();
    };
    return html`<div class="failed" role="alert">
      <p>${strings.pageFailed}</p>
      <button type="button" class="secondary" @click=${retry}>${strings.retry}</button>
    </div>`;
  }

  get #frame(): HTMLElement | null {
    return this.renderRoot?.querySelector<HTMLElement>(".frame") ?? null;
  }

  get #key(): string {
    return `${this.source?.document_id} ${this.page}`;
  }

  get #boxes(): Box[] {
    if (this.painted !== this.#key) return [];
    return this.source?.cited?.boxes.filter((box) => box.page === this.page) ?? [];
  }

  #turn(by: number): void {
    this.page += by;
    this.#renewed();
  }

  #renewed(): void {
    this.failed = false;
    this.#bringToBox = true;
  }

  async #draw(): Promise<void> {
    const { api, source, page } = this;
    const frame = this.#frame;
    if (!api || !source || !frame || frame.clientWidth === 0 || this.failed) return;
    const pixels = frame.clientWidth * (ZOOMS[this.zoom] ?? 1) * devicePixelRatio;
    const width = Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, Math.ceil(pixels / WIDTH_STEP) * WIDTH_STEP));
    const key = this.#key;
    const image = `${key} ${width}`;
    if (image === this.#asked) return;
    this.#asked = image;
    let bitmap: ImageBitmap;
    try {
      bitmap = await api.pageImage(source.document_id, page, width);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (image === this.#asked) this.failed = true;
      return;
    }
    if (image === this.#asked) this.#paint(bitmap, key);
    bitmap.close();
  }

  #paint(bitmap: ImageBitmap, key: string): void {
    const canvas = this.renderRoot.querySelector("canvas");
    if (!canvas) return;
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
    this.painted = key;
  }

  // By the style object, not an attribute: a host page's policy may forbid inline styles.
  #placeBoxes(): void {
    const places = this.#boxes;
    this.renderRoot.querySelectorAll<HTMLElement>(".box").forEach((element, i) => {
      const box = places[i];
      if (!box) return;
      element.style.left = `${box.x * 100}%`;
      element.style.top = `${box.y * 100}%`;
      element.style.width = `${box.width * 100}%`;
      element.style.height = `${box.height * 100}%`;
    });
  }

  // Only the frame is scrolled; scrollIntoView would move the host page too.
  #scrollToBox(): void {
    const frame = this.#frame;
    const box = this.renderRoot.querySelector(".box");
    if (!frame) return;
    if (!box) {
      frame.scrollTop = 0;
      return;
    }
    const at = box.getBoundingClientRect();
    const within = frame.getBoundingClientRect();
    frame.scrollTop += at.top - within.top - within.height / 3;
    frame.scrollLeft += at.left - within.left - 24;
  }
}

import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from "lit";

interface MenuItem {
  label: string;
  act: () => void;
}

type Host = ReactiveControllerHost & { readonly renderRoot: HTMLElement | DocumentFragment };

/** A button that opens a short list of commands: arrows move, Escape and a press elsewhere close. */
export class Menu implements ReactiveController {
  open = false;
  #focusFirst = false;

  constructor(
    private readonly host: Host,
    private readonly id: string,
  ) {
    host.addController(this);
  }

  render(label: string, button: TemplateResult | string, items: MenuItem[], style = "iconic"): TemplateResult {
    return html`<div class="menu-anchor" id=${this.id} @focusout=${this.#left}>
      <button type="button" class="menu-button ${style}" aria-haspopup="menu" aria-expanded=${this.open ? "true" : "false"}
        aria-label=${label} title=${label} @click=${this.#toggle} @keydown=${this.#buttonKey}>${button}</button>
      ${this.open
        ? html`<div class="menu" role="menu" aria-label=${label} @keydown=${this.#key}>
            ${items.map(
              (item) => html`<button type="button" role="menuitem" tabindex="-1" @click=${() => this.#choose(item)}>${item.label}</button>`,
            )}
          </div>`
        : nothing}
    </div>`;
  }

  hostUpdated(): void {
    if (!this.#focusFirst) return;
    this.#focusFirst = false;
    this.#items()[0]?.focus();
  }

  hostDisconnected(): void {
    this.open = false;
  }

  readonly #toggle = () => this.#set(!this.open);

  readonly #buttonKey = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" || this.open) return;
    event.preventDefault();
    this.#set(true);
  };

  readonly #left = (event: FocusEvent) => {
    const to = event.relatedTarget;
    if (this.open && !(to instanceof Node && this.#root()?.contains(to))) this.#set(false);
  };

  readonly #key = (event: KeyboardEvent) => {
    const items = this.#items();
    const at = items.indexOf(event.target as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation(); // closes the menu, not what is around it
      this.#close();
    } else if (next !== undefined) {
      event.preventDefault();
      items.at(next % items.length)?.focus();
    }
  };

  #choose(item: MenuItem): void {
    this.#close();
    item.act();
  }

  #close(): void {
    this.#root()?.querySelector<HTMLElement>(".menu-button")?.focus();
    this.#set(false);
  }

  #set(open: boolean): void {
    this.open = this.#focusFirst = open;
    this.host.requestUpdate();
  }

  #root(): Element | null {
    return this.host.renderRoot.querySelector(`#${this.id}`);
  }

  #items(): HTMLElement[] {
    return [...(this.#root()?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
  }
}

import { html, nothing, type TemplateResult } from "lit";
import { copy } from "./clipboard.js";
import type { Context } from "./context.js";
import { asBibtex, asMarkdown, asPlain } from "./copy.js";
import type { Exchange } from "./history.js";
import { icon } from "./icons.js";
import { Menu } from "./menu.js";
import type { Citation } from "./wire.js";

const SHOWN_MS = 2500;

/** Copies an answer with its sources, in one of three forms. */
export class CopyMenu {
  readonly #menu: Menu;
  #said = "";

  constructor(
    private readonly host: Context,
    private readonly exchange: Exchange,
  ) {
    this.#menu = new Menu(host, `copy-${exchange.id}`);
  }

  render(): TemplateResult {
    const { strings, api } = this.host;
    const { answer } = this.exchange;
    if (!answer) return html``;
    const url = (citation: Citation) => api.viewUrl(citation, answer.citations);
    const items = [
      { label: strings.copyMarkdown, act: () => void this.#copy(asMarkdown(answer, url, strings)) },
      { label: strings.copyPlain, act: () => void this.#copy(asPlain(answer, url, strings)) },
      { label: strings.copyBibtex, act: () => void this.#copy(asBibtex(answer, url)) },
    ];
    return html`<span class="copying">
      ${this.#menu.render(strings.copyAnswer, html`${icon("copy")}`, items)}
      ${this.#said ? html`<span class="said">${this.#said}</span>` : nothing}
    </span>`;
  }

  async #copy(text: string): Promise<void> {
    const { strings, announcer, renderRoot } = this.host;
    const root = renderRoot.querySelector(".root");
    this.#said = root && (await copy(text, root)) ? strings.copied : strings.copyFailed;
    announcer.say(this.#said);
    this.host.requestUpdate();
    setTimeout(() => {
      this.#said = "";
      this.host.requestUpdate();
    }, SHOWN_MS);
  }
}

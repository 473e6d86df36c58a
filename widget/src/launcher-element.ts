import { html, LitElement, nothing, type TemplateResult } from "lit";
import { type Api, connect } from "./api.js";
import { ChatElement } from "./chat-element.js";
import { Failure } from "./failure.js";
import { icon } from "./icons.js";
import { stringsFor } from "./locale.js";
import { keepLook, keptLook } from "./look-cache.js";
import { isDark, paint, watchDark } from "./look.js";
import { plainConfig } from "./site-config.js";
import { serverAddress } from "./network.js";
import { KeyboardRoom, ScrollLock } from "./phone.js";
import { launcherStyles } from "./styles/launcher.js";
import { base, tokens } from "./styles/tokens.js";
import type { SiteConfig } from "./wire.js";

const PHONE = "(max-width: 600px), (max-height: 480px)";

/** `<footnoted-launcher>`: a button in the corner of a page that opens the chat; on a phone over the whole screen. */
export class LauncherElement extends LitElement {
  static override properties = {
    server: {},
    site: {},
    collection: {},
    theme: {},
    position: {},
    open: { type: Boolean, reflect: true },
    large: { state: true },
  };
  static override styles = [tokens, base, launcherStyles];

  declare server: string;
  declare site: string | null;
  declare collection: string;
  declare theme: string;
  declare position: string;
  declare open: boolean;
  declare large: boolean;

  #config: SiteConfig | null = null;
  #settled = false;
  #used = false; // from the first opening on, the chat stays
  #link: Api | null = null;
  #phone = matchMedia(PHONE);
  readonly #lock = new ScrollLock();
  readonly #room = new KeyboardRoom();
  #endings: (() => void)[] = [];

  constructor() {
    super();
    Object.assign(this, { server: "", site: null, collection: "default", theme: "auto", position: "", open: false, large: false });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const changed = () => {
      this.requestUpdate();
      if (this.open) this.#present();
    };
    this.#phone.addEventListener("change", changed);
    this.#endings = [watchDark(() => this.requestUpdate()), () => this.#phone.removeEventListener("change", changed)];
    if (!this.#settled) void this.#ask();
    else if (this.open) void this.updateComplete.then(() => this.#present());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const end of this.#endings) end();
    this.#lock.release();
    this.#room.release();
  }

  // What the site wants the button to look like: as kept, else as the service says. Where that cannot be had, the button is
  // there to say why. The service is asked anew in any case when the chat is opened.
  async #ask(): Promise<void> {
    const server = serverAddress(this.server, ChatElement.home);
    this.#link = connect({ server, site: this.site, collection: this.collection }, plainConfig());
    this.#config = keptLook(server, this.site);
    if (!this.#config) await this.#learn();
    this.#settled = true;
    this.requestUpdate();
  }

  async #learn(): Promise<void> {
    try {
      this.#config = (await this.#link?.config()) ?? null;
      if (this.#config) keepLook(serverAddress(this.server, ChatElement.home), this.site, this.#config);
      this.requestUpdate();
    } catch (error) {
      if (!(error instanceof Failure)) throw error; // the chat tells it when it is opened
    }
  }

  protected override willUpdate(): void {
    if (!this.open || this.#used || !this.#settled) return;
    this.#used = true; // the session that the chat opens tells the look as it is now
    void this.#learn();
  }

  protected override updated(changed: Map<string, unknown>): void {
    const root = this.renderRoot.querySelector<HTMLElement>(".root");
    if (root) paint(root, this.#config?.accent ?? null);
    if (this.#settled && this.open && !this.#dialog?.open) this.#present();
    if (changed.has("open") && !this.open && this.#dialog?.open) this.#dismiss();
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.#settled) return nothing;
    const strings = this.#strings;
    const left = (this.position || this.#config?.position) === "left";
    const state = [isDark(this.theme) && "dark", left && "left", this.large && "large", this.#phone.matches && "phone"];
    return html`<div class="root ${state.filter(Boolean).join(" ")}" lang=${strings.language} dir=${strings.direction}>
      <button type="button" class="launcher" part="launcher" aria-haspopup="dialog" aria-expanded=${this.open ? "true" : "false"}
        aria-label=${this.open ? strings.closeChat : strings.openChat} title=${this.open ? strings.closeChat : strings.openChat}
        @click=${this.#toggle}>${icon(this.open ? "down" : "chat")}</button>
      <dialog class="panel" part="panel" aria-label=${this.#config?.title || strings.title} @keydown=${this.#key} @cancel=${this.#cancel} @close=${this.#closed}>
        ${this.#used ? this.#chat() : nothing}
      </dialog>
    </div>`;
  }

  #chat(): TemplateResult {
    const strings = this.#strings;
    const size = this.large ? strings.shrink : strings.enlarge;
    return html`<footnoted-chat exportparts="root: chat, header, title, log, composer, field, question, send, stop, exchange, question-bubble, answer, prose, marker, sources, suggestion, greeting, empty, peek, source, failure, verdict, unsupported, notice, offline"
      .link=${this.#link} .server=${this.server} .site=${this.site} .collection=${this.collection} .theme=${this.theme} lang=${this.lang || nothing}>
      <button slot="window" type="button" class="iconic size" aria-label=${size} title=${size} @click=${() => (this.large = !this.large)}>
        ${icon(this.large ? "shrink" : "enlarge")}
      </button>
      <button slot="window" type="button" class="iconic close" aria-label=${strings.closeChat} title=${strings.closeChat} @click=${this.#toggle}>
        ${icon("close")}
      </button>
    </footnoted-chat>`;
  }

  get #strings() {
    return stringsFor([this.lang, this.#config?.language, document.documentElement.lang, ...navigator.languages]);
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  readonly #toggle = () => {
    this.open = !this.open;
  };

  /** Beside the page where there is room; on a phone over it, and then nothing else takes the focus. */
  #present(): void {
    const dialog = this.#dialog;
    if (!dialog) return;
    const phone = this.#phone.matches;
    if (dialog.open) {
      if (dialog.matches(":modal") === phone) return;
      dialog.removeAttribute("open"); // not close(), which would tell that the reader closed it
      if (!phone) dialog.close();
    }
    if (phone) dialog.showModal();
    else dialog.show();
    if (phone) {
      this.#lock.take();
      this.#room.follow(dialog);
    } else {
      this.#lock.release();
      this.#room.release();
    }
    const chat = dialog.querySelector<ChatElement>("footnoted-chat");
    void chat?.updateComplete.then(() => chat.enter());
  }

  #dismiss(): void {
    this.#dialog?.close();
    this.#lock.release();
    this.#room.release();
    this.renderRoot.querySelector<HTMLElement>(".launcher")?.focus();
  }

  readonly #key = (event: KeyboardEvent) => {
    // Whatever is open inside takes Escape before.
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    this.open = false;
  };

  readonly #cancel = (event: Event) => {
    event.preventDefault(); // Escape is taken above; the way back of a phone comes here
    this.open = false;
  };

  readonly #closed = () => {
    if (!this.#dialog?.open) this.open = false;
  };
}

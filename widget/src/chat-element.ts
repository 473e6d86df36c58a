import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { Announcer } from "./announcer.js";
import { type Api, connect } from "./api.js";
import { fitQuotes } from "./answer-sources.js";
import { ChatSettings } from "./chat-settings.js";
import { brokenView, emptyView, headerView, logView } from "./chat-view.js";
import { Composer } from "./composer.js";
import type { Context, OpenSource } from "./context.js";
import { Conversation } from "./conversation.js";
import { CopyMenu } from "./copy-menu.js";
import { sessionKey } from "./door.js";
import { Failure } from "./failure.js";
import { type Exchange, History } from "./history.js";
import { icon } from "./icons.js";
import { stringsFor } from "./locale.js";
import type { Strings } from "./locales/en.js";
import { isDark, paint, watchDark } from "./look.js";
import { Menu } from "./menu.js";
import { serverAddress, watchNetwork } from "./network.js";
import { Peek } from "./peek.js";
import { forgetPerson } from "./person.js";
import { RatingForm } from "./rating.js";
import { plainConfig, withWishes } from "./site-config.js";
import { scrollWithin, SourcePane } from "./source-pane.js";
import { spoken } from "./spoken.js";
import { write } from "./store.js";
import { answerStyles } from "./styles/answer.js";
import { chatStyles } from "./styles/chat.js";
import { base, tokens } from "./styles/tokens.js";
import type { Citation, Problem, SiteConfig } from "./wire.js";

/** `<footnoted-chat>`: asks documents and shows each sentence with its source. See ChatSettings for its attributes. */
export class ChatElement extends ChatSettings implements Context {
  static override properties = { ...ChatSettings.properties, open: { state: true } };
  static override styles = [tokens, base, chatStyles, answerStyles];
  /** Where the script came from; set by the module that defines the element. */
  static home = "";

  declare open: OpenSource | null;
  api!: Api;
  conversation!: Conversation;
  strings: Strings = stringsFor([]);
  readonly peek = new Peek(this);
  readonly announcer = new Announcer(() => this.renderRoot.querySelector(".spoken"));
  readonly #composer = new Composer(this);
  readonly #menu = new Menu(this, "more");
  readonly #pane = new SourcePane(this);
  readonly #copies = new Map<string, CopyMenu>();
  readonly #ratings = new Map<string, RatingForm>();
  #site: SiteConfig | null = null;
  #broken: Problem | null = null;
  #closed = true;
  #endings: (() => void)[] = [];

  constructor() {
    super();
    this.open = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const redraw = () => this.requestUpdate();
    const network = () => {
      this.announcer.say(navigator.onLine ? this.strings.backOnline : this.strings.offline);
      if (navigator.onLine && this.#broken) this.#begin();
      redraw();
    };
    this.#endings = [watchDark(redraw), this.#pane.watch(), watchNetwork(network)];
    if (this.#closed && this.conversation) this.#connect();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const end of this.#endings) end();
    // An element that is only moved comes back at once, and its answer goes on.
    setTimeout(() => {
      if (this.isConnected) return;
      this.conversation?.close();
      this.#closed = true;
    });
  }

  get config(): SiteConfig {
    return withWishes(this.#site ?? plainConfig(), this);
  }

  override focus(): void {
    this.#composer.focus();
  }

  /** Takes the focus when a panel with the chat opens: to the question field, or where that would raise a keyboard to the title. */
  enter(): void {
    if (this.open) return this.#pane.enter();
    if (matchMedia("(pointer: coarse)").matches) this.renderRoot.querySelector<HTMLElement>("#title")?.focus();
    else this.#composer.focus();
  }

  ask(question: string): void {
    if (this.conversation.running) return this.announcer.say(this.strings.busy);
    this.peek.hide();
    void this.conversation.ask(question);
    void this.#rise(this.conversation.running);
    this.#composer.focus();
  }

  retry(exchange: Exchange, alone?: boolean): void {
    if (this.conversation.running) return this.announcer.say(this.strings.busy);
    if (this.open?.exchange === exchange) this.open = null;
    this.#ratings.delete(exchange.id);
    void this.conversation.retry(exchange, alone);
    // The button goes away: its question takes the focus.
    this.renderRoot.querySelector<HTMLElement>(`#question-${exchange.id}`)?.focus({ preventScroll: true });
    void this.#rise(exchange);
  }

  /** Begins a new conversation; the one before is forgotten. */
  newChat(): void {
    this.open = null;
    this.conversation.clear();
    this.#copies.clear();
    this.#ratings.clear();
    this.#composer.focus();
  }

  copyMenu(exchange: Exchange): CopyMenu {
    return entry(this.#copies, exchange.id, () => new CopyMenu(this, exchange));
  }

  ratingForm(exchange: Exchange): RatingForm {
    return entry(this.#ratings, exchange.id, () => new RatingForm(this, exchange));
  }

  show(exchange: Exchange, citations: Citation[], index: number): void {
    this.peek.hide();
    this.#pane.show({ exchange, citations, index });
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (["server", "site", "collection", "link"].some((name) => changed.has(name))) this.#connect();
    const page = document.documentElement.lang;
    this.strings = stringsFor([this.lang, this.#site?.language, page, ...navigator.languages]);
  }

  protected override updated(): void {
    const root = this.renderRoot.querySelector<HTMLElement>(".root");
    if (!root) return;
    paint(root, this.config.accent);
    fitQuotes(root);
  }

  protected override render(): TemplateResult {
    const { strings, config } = this;
    const over = this.open !== null && !this.#pane.wide;
    const state = [isDark(this.theme) && "dark", this.#pane.wide && "wide", this.open && "with-source"];
    // An empty title keeps the browser from showing the element's own as a tip.
    return html`<div class="root ${state.filter(Boolean).join(" ")}" part="root" lang=${strings.language} dir=${strings.direction} title="">
      <div class="chat" ?inert=${over}>
        ${this.noHeader ? nothing : headerView(this, config.title || strings.title, this.#more(), () => this.newChat())}
        ${navigator.onLine ? nothing : html`<p class="offline" part="offline">${icon("offline")}<span>${strings.offline}</span></p>`}
        <div class="scroller" part="log" @scroll=${this.peek.position}>${this.#middle()}</div>
        ${this.#composer.render(this.#broken !== null)}
      </div>
      ${this.#pane.render()} ${this.peek.render()}
      <div class="spoken unseen" role="status"></div>
    </div>`;
  }

  #middle(): TemplateResult | typeof nothing {
    if (this.#broken) return brokenView(this, this.#broken, () => this.#begin());
    if (this.conversation.exchanges.length) return logView(this);
    if (!this.#site) return nothing; // for a moment: what the site wants to say is on its way
    return emptyView(this, this.config.greeting || this.strings.greeting);
  }

  #more(): TemplateResult {
    const { strings } = this;
    return this.#menu.render(strings.menu, icon("more"), [{ label: strings.eraseHistory, act: () => this.#erase() }]);
  }

  /** Forgets the conversation, and who this browser was. */
  #erase(): void {
    this.newChat();
    forgetPerson();
    if (this.site) write(sessionKey(this.#server, this.site), null);
    this.announcer.say(this.strings.historyErased);
    this.link = null;
    this.#connect();
  }

  get #server(): string {
    return serverAddress(this.server, ChatElement.home);
  }

  #connect(): void {
    this.conversation?.close();
    this.#closed = false;
    this.open = null;
    this.#site = null;
    const address = { server: this.#server, site: this.site, collection: this.collection };
    this.api = this.link ?? connect(address, plainConfig());
    const scope = `${address.server}.${this.site ?? `collection:${this.collection}`}`;
    this.conversation = new Conversation(this.api, new History(scope), spoken(this));
    this.#copies.clear();
    this.#ratings.clear();
    void this.#rise(this.conversation.exchanges.at(-1) ?? null, "instant");
    this.#begin();
  }

  #begin(): void {
    const { api } = this;
    this.#broken = null;
    this.requestUpdate();
    api.config().then(
      (site) => {
        if (api !== this.api) return;
        this.#site = site;
        this.requestUpdate();
      },
      (error: unknown) => {
        if (!(error instanceof Failure)) throw error;
        if (api !== this.api) return;
        this.#broken = error.problem;
        this.requestUpdate();
      },
    );
  }

  /** Brings a question to the top of what scrolls. */
  async #rise(exchange: Exchange | null, behavior: ScrollBehavior = "smooth"): Promise<void> {
    await this.updateComplete;
    const question = exchange && this.renderRoot.querySelector<HTMLElement>(`#question-${exchange.id}`);
    const scroller = this.renderRoot.querySelector<HTMLElement>(".scroller");
    if (question && scroller) scrollWithin(scroller, question, behavior);
  }
}

function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

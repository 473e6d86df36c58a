import { LitElement } from "lit";
import type { Api } from "./api.js";

/**
 * What a page can say of a chat.
 *
 * `site` is a public site id; without it the chat asks `collection` directly. `server` is the service's address; by
 * default where the script came from. `theme` is light, dark or auto. `heading` (or `title`), `greeting`, `placeholder`,
 * `accent` and `suggestions` (a JSON list) go before what the site has; `lang` goes before the page's language.
 */
export abstract class ChatSettings extends LitElement {
  static override properties = {
    server: {},
    site: {},
    collection: {},
    theme: {},
    heading: {},
    greeting: {},
    placeholder: {},
    accent: {},
    suggestions: { type: Array },
    questionLimit: { type: Number, attribute: "question-limit" },
    noFeedback: { type: Boolean, attribute: "no-feedback" },
    noHeader: { type: Boolean, attribute: "no-header" },
    link: { attribute: false },
  };

  declare server: string;
  declare site: string | null;
  declare collection: string;
  declare theme: string;
  declare heading: string;
  declare greeting: string;
  declare placeholder: string;
  declare accent: string;
  declare suggestions: string[] | null;
  declare questionLimit: number;
  declare noFeedback: boolean;
  declare noHeader: boolean;
  /** A connection to share, instead of one of its own. */
  declare link: Api | null;

  constructor() {
    super();
    Object.assign(this, { server: "", site: null, collection: "default", theme: "auto", heading: "", greeting: "" });
    Object.assign(this, { placeholder: "", accent: "", suggestions: null, questionLimit: 0, link: null });
  }

  static override get observedAttributes(): string[] {
    return [...super.observedAttributes, "lang", "title"];
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value);
    this.requestUpdate();
  }
}

import type { ReactiveControllerHost } from "lit";
import type { Announcer } from "./announcer.js";
import type { Api } from "./api.js";
import type { Conversation } from "./conversation.js";
import type { Exchange } from "./history.js";
import type { Strings } from "./locales/en.js";
import type { CopyMenu } from "./copy-menu.js";
import type { Peek } from "./peek.js";
import type { RatingForm } from "./rating.js";
import type { Citation, SiteConfig } from "./wire.js";

/** What the parts of the chat know of it. The element itself is one. */
export interface Context extends ReactiveControllerHost {
  readonly strings: Strings;
  readonly api: Api;
  readonly config: SiteConfig;
  readonly conversation: Conversation;
  readonly announcer: Announcer;
  readonly peek: Peek;
  readonly renderRoot: HTMLElement | DocumentFragment;
  /** What is open beside the chat, if anything. */
  readonly open: OpenSource | null;

  ask(question: string): void;
  retry(exchange: Exchange, alone?: boolean): void;
  copyMenu(exchange: Exchange): CopyMenu;
  ratingForm(exchange: Exchange): RatingForm;
  /** Opens one of an exchange's places in its document. */
  show(exchange: Exchange, citations: Citation[], index: number): void;
}

export interface OpenSource {
  exchange: Exchange;
  citations: Citation[];
  index: number;
}

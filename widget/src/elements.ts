// All elements, evaluated once on a page.

import { ChatElement } from "./chat-element.js";
import { LauncherElement } from "./launcher-element.js";
import { SourceElement } from "./source-element.js";
import { SourcePageElement } from "./source-page.js";

/** Defines what is not defined yet; `home` is where the service answers by default. */
export function defineElements(home: string): void {
  ChatElement.home = home;
  define("footnoted-source-page", SourcePageElement);
  define("footnoted-source", SourceElement);
  define("footnoted-chat", ChatElement);
  define("footnoted-launcher", LauncherElement);
}

function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}

import type { Context } from "./context.js";
import type { Listener } from "./conversation.js";
import { doubtOf } from "./doubt.js";
import { tell } from "./failure.js";

/** Draws anew at each change, and speaks what a reader who sees nothing has to know. */
export function spoken(context: Context): Listener {
  let heard = 0; // sentences of this answer
  const say = (...parts: string[]) => context.announcer.say(parts.filter(Boolean).join(" "));
  const words = () => context.strings;
  return {
    changed: () => context.requestUpdate(),
    searching: () => {
      heard = 0;
      say(words().searching);
    },
    slow: () => say(words().stillWorking),
    sentence: (sentence) => {
      heard++;
      const doubt = doubtOf(sentence, words());
      context.announcer.batch(doubt ? `${sentence.text} (${doubt})` : sentence.text);
    },
    done: ({ status, sentences, citations, clarification }) => {
      if (clarification) return say(words().whichOne, ...clarification.options);
      if (status === "not_found") return say(words().notFound, words().rephrase);
      // Where the answer came at once, nothing was spoken yet.
      const rest = sentences.slice(heard).map(({ text }) => text);
      say(...rest, words().announceSources(citations.length));
    },
    stopped: () => say(words().stopped),
    failed: (problem) => {
      const { title, detail, hint } = tell(problem, words());
      say(`${title}.`, detail, hint);
    },
  };
}

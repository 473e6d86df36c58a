import type { SiteConfig } from "./wire.js";

const QUESTION_LIMIT = 2000;

/** What a chat without a site shows, and every chat before it knows its site. */
export const plainConfig = (): SiteConfig => ({
  id: null,
  title: "",
  greeting: "",
  suggestions: [],
  placeholder: null,
  language: null,
  accent: null,
  position: "right",
  takes_feedback: true,
  question_limit: QUESTION_LIMIT,
});

/** What an element says of itself. */
interface Wishes {
  heading: string;
  title: string;
  greeting: string;
  placeholder: string;
  accent: string;
  suggestions: string[] | null;
  noFeedback: boolean;
  questionLimit: number;
}

/** What the site's owner chose, below what the element itself says. */
export function withWishes(site: SiteConfig, wishes: Wishes): SiteConfig {
  return {
    ...site,
    title: wishes.heading || wishes.title || site.title,
    greeting: wishes.greeting || site.greeting,
    placeholder: wishes.placeholder || site.placeholder,
    accent: wishes.accent || site.accent,
    // The attribute is JSON of whatever kind.
    suggestions: Array.isArray(wishes.suggestions) ? wishes.suggestions.map(String) : site.suggestions,
    takes_feedback: site.takes_feedback && !wishes.noFeedback,
    question_limit: wishes.questionLimit > 0 ? wishes.questionLimit : site.question_limit,
  };
}

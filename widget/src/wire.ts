// The service's JSON, as far as the widget reads it. Offsets count Unicode code points, the end is exclusive.

export interface Citation {
  marker: number;
  document_id: string;
  title: string;
  uri: string;
  media_type: string;
  page: number | null;
  section: string[];
  start: number;
  end: number;
  quote: string;
  /** ISO 639-1 of the quote; older servers and kept conversations have none. */
  language?: string | null;
  support: number;
  url: string;
}

export interface Sentence {
  text: string;
  markers: number[];
  supported: boolean;
  /** Missing in answers that an older version left in this browser. */
  verdict?: "supported" | "partly" | "unsupported" | "no_claim";
  support: number;
}

export interface Hit {
  document_id: string;
  title: string;
  uri: string;
  page: number | null;
  last_page: number | null;
  section: string[];
  start: number;
  end: number;
  text: string;
  language?: string | null;
  score: number;
  url: string;
}

export interface AnswerSpan {
  text: string;
  marker: number;
  start: number;
  end: number;
}

export interface Answer {
  id: string;
  question: string;
  understood_as: string;
  status: "answered" | "not_found" | "unclear";
  answer: string;
  sentences: Sentence[];
  citations: Citation[];
  answer_span: AnswerSpan | null;
  confidence: number;
  model: string;
  timings_ms: Record<string, number>;
  /** What went otherwise than asked, such as that the language model did not answer. */
  notice?: Notice | null;
  /** A question back; older servers and kept conversations have none. */
  clarification?: Clarification | null;
  hits: Hit[];
}

/** The text is English. */
export interface Notice {
  code: string;
  text: string;
}

/** The options are whole questions. */
export interface Clarification {
  text: string;
  options: string[];
}

interface Started {
  understood_as?: string;
  hits?: Hit[];
}

/** One message of the conversation, as the service takes it. */
export interface Turn {
  role: "user" | "assistant";
  content: string;
}

export type StreamEvent =
  | { event: "start"; data: Started }
  | { event: "token"; data: { text: string } }
  | { event: "sentence"; data: Sentence }
  | { event: "citation"; data: Citation }
  | { event: "done"; data: Answer }
  | { event: "error"; data: Partial<Problem> }
  | { event: "ping"; data: unknown };

export interface Rating {
  rating: "up" | "down";
  reason?: string | null;
  comment?: string | null;
}

/** A box on a page: shares of the page's width and height, from its top left. */
export interface Box {
  page: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Block {
  kind: "heading" | "paragraph" | "list" | "table" | "code" | "gap";
  level: number | null;
  page: number | null;
  start: number;
  parts: { text: string; lit: boolean }[];
}

export interface Source {
  document_id: string;
  title: string;
  media_type: string;
  language: string | null;
  pages: number | null;
  state: "same" | "moved" | "changed" | "gone";
  asked: { start: number; end: number; quote: string | null } | null;
  cited: { start: number; end: number; page: number | null; quote: string; boxes: Box[] } | null;
  window: { start: number; end: number; characters: number };
  blocks: Block[];
  outline: { title: string; level: number; start: number; page: number | null }[];
  view_url: string;
}

/** What a site's owner chose for its widget. */
export interface SiteConfig {
  id: string | null;
  title: string;
  greeting: string;
  suggestions: string[];
  placeholder: string | null;
  language: string | null;
  accent: string | null;
  position: "right" | "left";
  takes_feedback: boolean;
  question_limit: number;
}

/** An error that the server explained (RFC 9457). */
export interface Problem {
  status: number;
  code: string;
  title: string;
  detail: string;
  hint: string;
  retryAfter?: number;
}

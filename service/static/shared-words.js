// Words that the chat page and the operator's pages have in common.

const number = new Intl.NumberFormat("en-GB");

const count = (n, one, many) => `${number.format(n)}\u00a0${n === 1 ? one : many}`;

export const requestWords = {
  failedTitle: "That did not work",
  lostTitle: "The server was not reached",
  lostText: "Check that it runs and that this device is connected, then try again.",
  requestFailed: (status) => `The server answered with status ${status}.`,
  retryAfter: (s) => `Try again in ${count(s, "second", "seconds")}.`,
};

export const uploadWords = {
  sent: (share) => `Sending, ${Math.floor(share * 100)}\u00a0%`,
  progressLabel: (name) => `How much of ${name} is sent`,
  passages: (n) => count(n, "passage", "passages"),
  status: {
    waiting: "Waiting to be sent",
    queued: "Waiting to be read",
    running: "Being read…",
    added: "Added",
    changed: "Added in place of the older version",
    unchanged: "Already here, unchanged",
    moved: "Moved",
    removed: "Taken out",
    cancelled: "Cancelled",
    failed: "Not added",
    unknown: "Still being read; look again later",
  },
};

const roughly = (s) =>
  s < 90 ? count(Math.max(1, Math.round(s)), "second", "seconds") : s < 5400 ? count(Math.round(s / 60), "minute", "minutes") : count(Math.round(s / 3600), "hour", "hours");

const at = (doing) => (name) => (name ? `${doing} ${name}` : doing);

export const jobWords = {
  progress: "Progress",
  cancel: "Cancel",
  kinds: { upload: "upload", sync: "sync" },
  cancelLabel: (kind) => `Cancel this ${kind}`,
  cancelling: "Stopping; what is in stays.",
  queued: "Waiting for its turn",
  starting: "Starting",
  files: (done, total) => `${number.format(done)} of ${count(total, "file", "files")}`,
  passages: (n) => count(n, "passage", "passages"),
  remaining: (s) => `about ${roughly(s)} left`,
  stages: {
    finding: at("looking for changes"),
    reading: at("reading"),
    embedding: at("taking in what was read"),
    finishing: at("finishing"),
  },
  settled: { done: "Done.", partial: "Done; some files failed.", failed: "Failed.", cancelled: "Cancelled." },
};

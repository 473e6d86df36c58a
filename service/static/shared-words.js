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
    failed: "Not added",
    unknown: "Still being read; look again later",
  },
};

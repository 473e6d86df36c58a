#!/bin/sh
# The browser tests drive Debian's Chromium. Install it where that is possible without asking; else say so.
if command -v chromium >/dev/null 2>&1; then exit 0; fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "Chromium is not installed: the browser tests will be skipped."
elif [ "$(id -u)" = 0 ]; then
    echo "== installing Chromium for the browser tests"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1 \
        || echo "Chromium could not be installed: the browser tests will be skipped."
elif sudo -n true 2>/dev/null; then
    echo "== installing Chromium for the browser tests"
    { sudo apt-get update -qq && sudo apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1 \
        || echo "Chromium could not be installed: the browser tests will be skipped."
else
    echo "Chromium is not installed: the browser tests will be skipped. To run them: sudo apt install chromium"
fi
exit 0

#!/bin/sh
# Runs the journeys in a real browser against a demo of its own.
# Needs node and a Chromium (set CHROMIUM to another one's path). TALON_SHOTS is
# a folder for pictures of the pages, if they are wanted.
set -eu
cd "$(dirname "$0")"
CHROMIUM="${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}"
[ -n "$CHROMIUM" ] || { echo "e2e: no Chromium found: install Debian's chromium, or set CHROMIUM" >&2; exit 1; }
command -v node >/dev/null || { echo "e2e: no node found: install Debian's nodejs" >&2; exit 1; }
[ -d node_modules/playwright-core ] && [ -d node_modules/axe-core ] || npm ci --no-audit --no-fund --silent
TALON_DEMO="$(mktemp -d)"
trap 'rm -rf "$TALON_DEMO"' EXIT
trap 'exit 143' HUP INT TERM
if [ -z "${TALON_BIN:-}" ]; then
  TALON_BIN="$TALON_DEMO/talon"
  (cd .. && CGO_ENABLED=0 go build -o "$TALON_BIN" ./cmd/talon)
fi
# The demo is filled once; each test file works on a copy of its own.
"$TALON_BIN" demo --once --dir "$TALON_DEMO/filled" --addr 127.0.0.1:0 >/dev/null
export CHROMIUM TALON_BIN TALON_DEMO
# Two files at a time: a browser waits for its server as often as it draws.
node --test --test-concurrency=2 --test-timeout=900000 ./*.test.mjs

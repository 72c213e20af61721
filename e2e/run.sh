#!/bin/sh
# Runs the journeys in a real browser against a demo of its own.
# Needs node and a Chromium (set CHROMIUM to another one's path).
set -eu
cd "$(dirname "$0")"
CHROMIUM="${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}"
[ -n "$CHROMIUM" ] || { echo "e2e: no Chromium found: install Debian's chromium, or set CHROMIUM" >&2; exit 1; }
command -v node >/dev/null || { echo "e2e: no node found: install Debian's nodejs" >&2; exit 1; }
[ -d node_modules/playwright-core ] && [ -d node_modules/axe-core ] || npm ci --no-audit --no-fund --silent
if [ -z "${TALON_BIN:-}" ]; then
  TALON_BIN="$(mktemp -d)/talon"
  (cd .. && CGO_ENABLED=0 go build -o "$TALON_BIN" ./cmd/talon)
fi
export CHROMIUM TALON_BIN
exec node --test --test-timeout=900000 ./*.test.mjs

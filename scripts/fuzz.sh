#!/usr/bin/env bash
# Fuzzes every target of the repository, each for so long: scripts/fuzz.sh 20s
# What a run finds is written to testdata/fuzz beside the test, to be committed.

set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."
time=${1:-20s}
found=0
while IFS=: read -r file line; do
	target=$(sed -E 's/^func (Fuzz[A-Za-z0-9_]+).*/\1/' <<<"$line")
	echo "== $(dirname "$file") $target"
	go test "./$(dirname "$file")" -run '^$' -fuzz "^$target\$" -fuzztime "$time" || found=1
done < <(find . \( -name node_modules -o -name '.?*' \) -prune -o -name '*_test.go' -exec grep -H '^func Fuzz' {} + | sed 's#^\./##' | sort)
exit $found

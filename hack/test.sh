#!/usr/bin/env bash
# Every test of every module, with the race detector where it can be built: it
# needs a C compiler and a platform that it knows.
set -euo pipefail
cd "$(dirname "$0")/.."

flags=(-timeout=15m)
if reason=$(CGO_ENABLED=1 go build -race -o /dev/null ./gateway/frame 2>&1); then
	export CGO_ENABLED=1
	flags+=(-race)
else
	echo "test: without the race detector, which cannot be built here: ${reason##*$'\n'}" >&2
fi

# run MODULE: go test of all its packages.
run() {
	echo "== $1: go test ${flags[*]} ./..."
	go test -C "$1" "${flags[@]}" ./...
}
run .
run hack/load
run hack/tools

# The race detector makes sessions too dear for the soak's full size.
if [[ " ${flags[*]} " == *" -race "* ]]; then
	echo "== the soak again, at full size"
	go test -timeout=5m -count=1 -v -run 'TestSoak' ./test/soak | grep -v '^=== '
fi

#!/usr/bin/env bash
# Every test of every module. The race detector needs a C compiler; without one
# the tests run without it.
set -euo pipefail
cd "$(dirname "$0")/.."
race=()
if command -v "$(go env CC)" >/dev/null && CGO_ENABLED=1 go build -race -o /dev/null ./gateway/frame 2>/dev/null; then
	race=(-race)
	export CGO_ENABLED=1
else
	echo "no C compiler: testing without the race detector"
fi
go test "${race[@]}" -timeout 15m ./...
go test -C hack/load "${race[@]}" ./...

#!/usr/bin/env bash
# Runs every fuzz target of every module for the given time (10s), or count
# (1000x). What a target finds is kept under testdata/fuzz of its package, for
# `go test` to repeat; the others run all the same, and the exit status is 1.
#
# Usage: hack/fuzz.sh [FUZZTIME]
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-10s}

# "gateway/frame FuzzHeader", a line each.
mapfile -t targets < <(git grep -oE '^func Fuzz[A-Za-z0-9_]+' -- '*_test.go' | sed -E 's|/[^/]*:func | |' | sort)
if ((${#targets[@]} == 0)); then
	echo "fuzz: no target was found" >&2
	exit 1
fi

failed=()
for target in "${targets[@]}"; do
	read -r dir name <<<"$target"
	echo "== $dir $name"
	# Minimising is bounded by count: a slow one would eat the time of the search.
	go test -C "$dir" -run '^$' -fuzz "^$name\$" -fuzztime "$time" -fuzzminimizetime 10x . </dev/null || failed+=("$target")
done
if ((${#failed[@]})); then
	printf 'fuzz: failed: %s\n' "${failed[@]}" >&2
	exit 1
fi
echo "fuzz: ${#targets[@]} targets, $time each, found nothing"

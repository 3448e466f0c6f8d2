#!/usr/bin/env bash
# Every test of every module, with the race detector where it can be built: it
# needs a C compiler and a platform that it knows.
#
# Usage: hack/test.sh [PACKAGE...]    of packages of the main module, those alone
set -euo pipefail
cd "$(dirname "$0")/.."

flags=(-timeout=15m)
if reason=$(CGO_ENABLED=1 go build -race -o /dev/null ./gateway/frame 2>&1); then
	export CGO_ENABLED=1
	flags+=(-race)
else
	echo "test: without the race detector, which cannot be built here: ${reason##*$'\n'}" >&2
fi

if (($#)); then
	exec go test "${flags[@]}" "$@"
fi

# Some tests speak to a real API server. It is built here and not by them, for
# the minutes that this takes, once, are not theirs to wait.
if [ -z "${KUBEBUILDER_ASSETS:-}" ]; then
	echo "== a kube-apiserver, an etcd and a kubectl for the tests, built where they are not yet" >&2
	KUBEBUILDER_ASSETS=$(hack/kube/build.sh kube-apiserver etcd kubectl)
	export KUBEBUILDER_ASSETS
fi
# So for the chart's tests.
HELM=${HELM:-$(hack/kube/build.sh helm)/helm}
export HELM
echo "== the API server of the tests is in $KUBEBUILDER_ASSETS"

# run MODULE: go test of all its packages.
run() {
	echo "== $1: go test ${flags[*]} ./..."
	go test -C "$1" "${flags[@]}" ./...
}
run .
run hack/image
run hack/load
run hack/tools

# The race detector makes sessions too dear for the soak's full size.
if [[ " ${flags[*]} " == *" -race "* ]]; then
	echo "== the soak again, at full size"
	CGO_ENABLED=0 go test -timeout=5m -count=1 -v -run 'TestSoak' ./test/soak | grep -v '^=== '
fi

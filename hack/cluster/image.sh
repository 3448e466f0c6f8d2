#!/usr/bin/env bash
# Makes an image of one binary, for what the node itself runs.
#
# Usage: hack/cluster/image.sh OUT.tar REFERENCE BINARY
set -euo pipefail
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
name=$(basename "$3")
install "$3" "$root/$name"
printf 'FROM scratch\nCOPY --from=root / /\nUSER 65532:65532\nENTRYPOINT ["/%s"]\n' "$name" |
	go run -C "$(dirname "$0")/../image" . -dockerfile /dev/stdin -arch "$(go env GOARCH)" -stage "root=$root" -o "$1" "$2"

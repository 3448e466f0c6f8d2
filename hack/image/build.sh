#!/usr/bin/env bash
# Builds the image of the Dockerfile without Docker and without pulling anything,
# into an archive for `docker load`, `ctr images import` and `kind load image-archive`.
#
# Usage: [VERSION=VERSION] [GOARCH=ARCH] hack/image/build.sh OUT.tar [REFERENCE]
#   REFERENCE is switchyard/switchyard:VERSION where it is not given.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
VERSION=${VERSION:-$("$here/../version.sh")}
export VERSION
out=$(realpath -m "${1:?the archive to write}")
reference=${2:-switchyard/switchyard:${VERSION//+/_}}

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
export GOOS=linux
"$here/root.sh" "$stage/image" >&2
mkdir -p "$(dirname "$out")"
architecture=$(go env GOARCH)
GOOS='' GOARCH='' go run -C "$here" . -dockerfile "$here/../../Dockerfile" -arch "$architecture" \
	-arg "VERSION=$VERSION" -stage "build=$stage" -o "$out" "$reference"

#!/usr/bin/env bash
# Lays out the image's root filesystem in a folder: the programs, and the
# certificate authorities of the machine that builds. The Dockerfile's build stage
# runs it, and so does build.sh.
#
# Usage: VERSION=VERSION [GOOS=OS] [GOARCH=ARCH] hack/image/root.sh FOLDER
set -euo pipefail
root=${1:?a folder to lay it out in}
: "${VERSION:?}"
cd "$(dirname "$0")/../.."
umask 022

# The commit of a work tree is not stamped: a build stage has no work tree, and
# has to make the same bytes. VERSION names the commit.
GOFLAGS=-buildvcs=false make --no-print-directory build BIN="$root/usr/local/bin"
install -D -m 644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"

#!/usr/bin/env bash
# Builds the image with Docker and without, and fails where they differ: in their
# files, modes and owners, in what is in the files, and in their configuration. The
# certificate authorities are those of whichever machine built: they may differ.
#
# Usage: hack/image/compare.sh [OPTION...]
#   OPTION goes to `docker build`, as --network=host does.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# describe IMAGE: what is compared, a line for each thing.
describe() {
	local container
	docker image inspect "$1" --format '{{.Os}}/{{.Architecture}}
		User {{json .Config.User}}
		Entrypoint {{json .Config.Entrypoint}}
		Cmd {{json .Config.Cmd}}
		WorkingDir {{json .Config.WorkingDir}}
		Env {{json .Config.Env}}
		Labels {{json .Config.Labels}}'
	container=$(docker container create "$1")
	docker container export "$container" >"$work/files.tar"
	docker container rm "$container" >"$work/removed"
	# Mode, owner, and name with a link's target.
	tar --list --verbose --numeric-owner --file="$work/files.tar" | awk '{ $3 = $4 = $5 = ""; print }' | sort
	# shellcheck disable=SC2016 # it is tar that calls a shell
	tar --extract --file="$work/files.tar" --to-command='echo "$(sha256sum) $TAR_FILENAME"' |
		grep --invert-match ' etc/ssl/certs/ca-certificates.crt$' | sort --key=3
}

VERSION=$(hack/version.sh)
export VERSION DOCKER_BUILDKIT=1
docker build --build-arg VERSION="$VERSION" --iidfile "$work/docker" "$@" .
describe "$(cat "$work/docker")" >"$work/with"

# The bytes of a program are also its compiler's.
go=$(sed --quiet 's/^FROM.* golang:\([0-9.]*\).*/go\1/p' Dockerfile)
without=switchyard/compare:without-docker
GOTOOLCHAIN=$go hack/image/build.sh "$work/image.tar" "$without"
docker load --input "$work/image.tar"
describe "$without" >"$work/without"
docker image rm "$without" >"$work/removed"

diff --unified=0 --label="with Docker" --label="without" "$work/with" "$work/without"
echo "The same with Docker and without:"
cat "$work/without"

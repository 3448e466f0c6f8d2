#!/usr/bin/env bash
# Builds kube-apiserver, etcd and kubectl into a folder, from this folder's
# go.mod, and prints the folder.
#
# Usage: hack/kube/build.sh [BIN]
set -euo pipefail
cd "$(dirname "$0")"

version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
IFS=. read -r major minor _ <<<"${version#v}"
stamp="-s -w"
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
	stamp+=" -X $package.gitVersion=$version -X $package.gitMajor=$major -X $package.gitMinor=$minor -X $package.gitTreeState=clean"
done
export CGO_ENABLED=0
build=(go build -trimpath -ldflags "$stamp")

# What the binaries are made from names their folder: nothing is built twice, and
# a new version never meets an old one.
made_from=$({
	cat go.mod go.sum
	go env GOVERSION GOOS GOARCH
	echo "${build[@]}"
} | sha256sum | cut -c1-12)
bin=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/switchyard/kube-$version-$made_from}

if [ ! -e "$bin/complete" ]; then
	echo "Building kube-apiserver $version, etcd and kubectl into $bin: this takes minutes, once." >&2
	mkdir -p "$bin"
	"${build[@]}" -o "$bin/" k8s.io/kubernetes/cmd/kube-apiserver k8s.io/kubernetes/cmd/kubectl >&2
	"${build[@]}" -o "$bin/etcd" go.etcd.io/etcd/server/v3 >&2
	touch "$bin/complete"
fi
echo "$bin"

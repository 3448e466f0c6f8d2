#!/usr/bin/env bash
# Builds what Kubernetes is made of, from this folder's go.mod, and prints the
# folder where it is. What is there already is not built again.
#
# Usage: hack/kube/build.sh [NAME...]
#   NAME is one of kube-apiserver kube-controller-manager kube-scheduler kubelet
#   kube-proxy kubectl etcd coredns pause helm; without it, all of them.
set -euo pipefail
cd "$(dirname "$0")"

names=("$@")
if [ $# = 0 ]; then
	names=(kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl etcd coredns pause helm)
fi

version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
IFS=. read -r major minor _ <<<"${version#v}"
stamp="-s -w"
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
	stamp+=" -X $package.gitVersion=$version -X $package.gitMajor=$major -X $package.gitMinor=$minor -X $package.gitTreeState=clean"
done
# As the Makefile builds, so that what both need is compiled once.
export CGO_ENABLED=0
build=(go build -trimpath -gcflags=all=-dwarf=false -ldflags "$stamp")

# What the binaries are made from names their folder: nothing is built twice, and
# a new version never meets an old one.
made_from=$({
	cat go.mod go.sum ./*/main.go
	go env GOVERSION GOOS GOARCH
	echo "${build[@]}"
} | sha256sum | cut -c1-12)
bin=${XDG_CACHE_HOME:-$HOME/.cache}/switchyard/kube-$version-$made_from

missing=() packages=()
for name in "${names[@]}"; do
	[ -e "$bin/$name" ] && continue
	missing+=("$name")
	case $name in
	kube* ) packages+=("k8s.io/kubernetes/cmd/$name") ;;
	etcd) packages+=(go.etcd.io/etcd/server/v3) ;;
	helm) packages+=(helm.sh/helm/v4/cmd/helm) ;;
	coredns | pause) packages+=("./$name") ;;
	*)
		echo "build.sh: no such binary: $name" >&2
		exit 2
		;;
	esac
done
if ((${#missing[@]})); then
	echo "Building ${missing[*]} (Kubernetes $version) into $bin: this takes minutes, once." >&2
	mkdir -p "$bin"
	part=$(mktemp -d "$bin/.part.XXXXXX")
	trap 'rm -rf "$part"' EXIT
	"${build[@]}" -o "$part/" "${packages[@]}" >&2
	# etcd's package is called server.
	[ ! -e "$part/server" ] || mv "$part/server" "$part/etcd"
	mv "$part"/* "$bin/"
fi
echo "$bin"

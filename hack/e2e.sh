#!/usr/bin/env bash
# The end-to-end tests (test/e2e): brings up a node of their own, gives it the
# images, runs the tests inside, and takes the node down. What a failure leaves
# to look at is in out/e2e.
#
# Usage: hack/e2e.sh [FLAG...]    flags of a test binary, such as -test.run=TestEndToEnd/a_new_image
#
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=$root/out/e2e
export NODE=${NODE:-switchyard-e2e}
export E2E=1 E2E_TAG=e2e E2E_NEXT_TAG=e2e-next
image=switchyard/switchyard:$E2E_TAG

cluster() {
	local name=$1
	shift
	"$root/hack/cluster/$name" "$@"
}

# say TEXT: what comes next, and when it began.
say() { echo "== $1 ($SECONDS s)"; }

finish() {
	local status=$?
	trap - EXIT INT TERM
	if ((status)) && cluster enter true 2>/dev/null; then
		say "what there is to look at goes to $out"
		(collect) || true
	fi
	cluster down.sh
	exit "$status"
}

# collect keeps what the cluster knows of itself.
collect() {
	local kubectl=("$root/hack/cluster/enter" kubectl --request-timeout=10s) namespace pod
	. "$root/hack/cluster/settings.sh"
	cp -r "$NODE_DIR/log" "$out/node"
	"${kubectl[@]}" get all,events --all-namespaces --output wide >"$out/objects.txt"
	# Where the chart is not installed, these kinds are not known.
	"${kubectl[@]}" get gatewayclasses,gateways,websocketroutes,gatewayparameters --all-namespaces --output yaml >"$out/routes.yaml" || true
	for namespace in switchyard-system apps; do
		"${kubectl[@]}" describe pods --namespace "$namespace" >"$out/$namespace.pods.txt"
		for pod in $("${kubectl[@]}" get pods --namespace "$namespace" --output name); do
			"${kubectl[@]}" logs --namespace "$namespace" "$pod" >"$out/${pod#pod/}.log"
			"${kubectl[@]}" logs --namespace "$namespace" "$pod" --previous >"$out/${pod#pod/}.previous.log" 2>/dev/null || true
		done
	done
}

# mqtt_js installs the mqtt.js that hack/interop has pinned.
mqtt_js() {
	local here=$root/hack/interop
	. "$root/hack/interop/lib/install.sh"
	check_node
	install_modules
}

rm -rf "$out"
mkdir -p "$out"
cd "$root"
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say "programs"
# Node of another origin brings npm along, and does not go with Debian's.
command -v npm >/dev/null || hack/debian.sh nodejs npm
mqtt_js
hack/kube/build.sh >/dev/null
race=(-race)
CGO_ENABLED=1 go build -race -o /dev/null ./gateway/frame 2>/dev/null || race=()
CGO_ENABLED=$((${#race[@]})) go test -c "${race[@]}" -o "$out/e2e.test" ./test/e2e

say "images"
hack/image/build.sh "$out/switchyard.tar" "$image"
hack/image/debian.sh mosquitto "$out/mosquitto.tar"

say "a node"
cluster down.sh
cluster up.sh
cluster load.sh "$out/switchyard.tar" "$out/mosquitto.tar"
# A new image, as far as Kubernetes can tell.
name=$(cluster enter ctr --namespace k8s.io images list --quiet | grep "$image\$")
cluster enter ctr --namespace k8s.io images tag "$name" "${name%"$E2E_TAG"}$E2E_NEXT_TAG" >/dev/null

say "tests"
cd test/e2e
"$root/hack/cluster/enter" "$out/e2e.test" -test.v -test.timeout=15m "$@"
say "done"

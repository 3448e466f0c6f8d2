#!/bin/bash
# Switchyard (bin/switchyard, from `make build`) beside other ways to get
# WebSockets to a service. It installs the peers where it may, builds the load
# generator, the bridges of Go and Caddy, and runs `load bench`, which starts
# and stops every server itself.
#
#   BENCH_TIME    seconds measured in every cell   3
#   BENCH_ROUNDS  how often all is measured        3
#   BENCH_PEERS   names, comma-separated           all that are installed
#   BENCH_CELLS   names, comma-separated           all
set -euo pipefail
cd "$(dirname "$0")/../.."

missing=()
for peer in haproxy nginx websockify; do
	PATH=$PATH:/usr/sbin command -v "$peer" >/dev/null || missing+=("$peer")
done
((${#missing[@]} == 0)) || hack/debian.sh "${missing[@]}" ||
	echo "bench: going on without ${missing[*]}" >&2

go -C hack/load build -o ../../bin/load .
for bridge in gorilla coder gobwas; do
	go -C hack/load build -o "../../bin/bench-$bridge" "./peers/$bridge"
done
# Caddy has many modules: a build for the first time takes minutes.
if [[ ,${BENCH_PEERS:-caddy}, == *,caddy,* ]]; then
	go -C hack/load/peers/caddy build -ldflags '-s -w' -o "$PWD/bin/bench-caddy" github.com/caddyserver/caddy/v2/cmd/caddy ||
		echo "bench: going on without caddy" >&2
fi

# Debian's nginx and HAProxy are not on everybody's PATH.
export PATH=$PATH:/usr/sbin
exec bin/load bench -bin bin -out out/bench -time "${BENCH_TIME:-3}s" -rounds "${BENCH_ROUNDS:-3}" \
	-peers "${BENCH_PEERS:-}" -cells "${BENCH_CELLS:-}"

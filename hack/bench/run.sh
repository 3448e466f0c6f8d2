#!/bin/bash
# Switchyard (bin/switchyard, from `make build`) beside other ways to get
# WebSockets to a service. It installs the peers where it may, builds the load
# generator and the gorilla bridge, and runs `load bench`, which starts and
# stops every server itself.
#
#   BENCH_TIME    seconds measured in every cell   3
#   BENCH_ROUNDS  how often all is measured        3
#   BENCH_PEERS   names, comma-separated           all that are installed
set -euo pipefail
cd "$(dirname "$0")/../.."

missing=()
for peer in haproxy nginx websockify; do
	PATH=$PATH:/usr/sbin command -v "$peer" >/dev/null || missing+=("$peer")
done
((${#missing[@]} == 0)) || hack/debian.sh "${missing[@]}" ||
	echo "bench: going on without ${missing[*]}" >&2

go -C hack/load build -o ../../bin/load .
go -C hack/load build -o ../../bin/bench-gorilla ./peers/gorilla

exec bin/load bench -bin bin -out out/bench \
	-time "${BENCH_TIME:-3}s" -rounds "${BENCH_ROUNDS:-3}" -peers "${BENCH_PEERS:-}"

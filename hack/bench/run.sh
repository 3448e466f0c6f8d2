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

packages=(haproxy nginx websockify)

# Debian starts what it installs. A policy says no, unless there is one already.
install_peers() {
	local policy=/usr/sbin/policy-rc.d
	if [[ ! -e $policy ]]; then
		trap 'rm -f '"$policy" RETURN
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod 755 "$policy"
	fi
	export DEBIAN_FRONTEND=noninteractive
	apt-get -q update
	apt-get -q install -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
}

missing=()
for command in haproxy nginx websockify; do
	command -v "$command" >/dev/null || missing+=("$command")
done
if ((${#missing[@]})); then
	if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
		install_peers "${packages[@]}" >&2
	else
		echo "bench: going on without ${missing[*]}; to have them: sudo apt-get install --no-install-recommends ${packages[*]}" >&2
	fi
fi

go -C hack/load build -o ../../bin/load .
go -C hack/load build -o ../../bin/bench-gorilla ./peers/gorilla

exec bin/load bench -bin bin -out out/bench \
	-time "${BENCH_TIME:-3}s" -rounds "${BENCH_ROUNDS:-3}" -peers "${BENCH_PEERS:-}"

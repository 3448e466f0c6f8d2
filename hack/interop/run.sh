#!/usr/bin/env bash
# Clients that others wrote, through a gateway, to servers that others wrote: see README.md.
#
# Usage: hack/interop/run.sh [TEST...]    all of tests/ where none is named
#
# Everything runs on free ports of loopback and ends with the script. Screenshots are left in out/interop.
#
# shellcheck source-path=SCRIPTDIR
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
switchyard=$root/bin/switchyard
work=$(mktemp -d "${TMPDIR:-/tmp}/switchyard-interop.XXXXXX")
access_log=$work/access.json
typed=$work/typed

. "$here/lib/install.sh"
. "$here/lib/processes.sh"

finish() {
	local status=$?
	trap - EXIT INT TERM
	stop_all
	if ((status == 0)); then
		rm -rf "$work"
	else
		echo "interop: failed; the servers' logs are in $work" >&2
	fi
	exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

PATH=$PATH:/usr/sbin
install_packages
check_node
install_modules
make --no-print-directory -C "$root" build

read -r ws_port wss_port admin_port pages_port echo_port mqtt_port vnc_port away_port < <(free_ports 8)
. "$here/lib/servers.sh"
start_echo
start_mosquitto
start_vnc
start_gateway

export INTEROP_WS=ws://127.0.0.1:$ws_port INTEROP_WSS=wss://localhost:$wss_port
export INTEROP_CA=$work/tls.crt INTEROP_ACCESS_LOG=$access_log INTEROP_TYPED=$typed
export INTEROP_PAGES=http://127.0.0.1:$pages_port INTEROP_OUT=$root/out/interop
export INTEROP_CHROMIUM
INTEROP_CHROMIUM=$(command -v chromium)
# For Node's own WebSocket, which takes no certificates in code.
export NODE_EXTRA_CA_CERTS=$INTEROP_CA

# Where Node hides its WebSocket behind a flag, it knows the flag.
flags=()
if ! node -e 'process.exit(typeof WebSocket === "undefined" ? 1 : 0)'; then
	flags=(--experimental-websocket)
fi

tests=("$@")
((${#tests[@]})) || tests=("$here"/tests/*.test.mjs)
# One file after the other: they share the gateway, and its access log is read.
node "${flags[@]}" --test --test-concurrency=1 --test-timeout=60000 --test-reporter=spec "${tests[@]}"

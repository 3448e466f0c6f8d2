#!/usr/bin/env bash
# Ends every process of the cluster and removes what it has kept. Where there is
# none, nothing is done.
#
# Usage: hack/cluster/down.sh
#
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
. "$(dirname "$0")/settings.sh"

if pid=$(node_pid); then
	# The kernel ends all processes of a namespace with its first.
	kill -KILL "$pid"
	while [[ -e /proc/$pid ]]; do sleep 0.1; done
fi
if [[ -e /run/netns/$NODE ]]; then ip netns delete "$NODE"; fi
if [[ -e $NODE_DIR/cgroups ]]; then
	while read -r group; do
		# The kernel lets go of the processes that were in it a moment later.
		for _ in {1..50}; do
			[[ -d $group ]] || break
			find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.1
		done
	done <"$NODE_DIR/cgroups"
fi
# A folder that up.sh has made, and nothing else.
if [[ -d $NODE_DIR/pki ]]; then rm -rf "$NODE_DIR"; fi

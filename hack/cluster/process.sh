#!/usr/bin/env bash
# Kills a process of the node, and keeps it from being started again until it is
# asked for.
#
# Usage: hack/cluster/process.sh stop|start NAME
#   NAME: etcd apiserver containerd controller-manager scheduler kubelet proxy
#
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/settings.sh"
run=$NODE_DIR/run name=${2:?usage: process.sh stop|start NAME}

if [[ ! -e $run/$name.pid ]]; then
	echo "process.sh: no process $name: want one of $(cd "$run" && echo ./*.pid)" >&2
	exit 2
fi
case $1 in
stop)
	touch "$run/$name.stopped"
	"$here/enter" kill -KILL "$(<"$run/$name.pid")" || true
	;;
start) rm -f "$run/$name.stopped" ;;
*)
	echo "process.sh: $1: want stop or start" >&2
	exit 2
	;;
esac

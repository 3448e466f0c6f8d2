#!/usr/bin/env bash
# Brings up a Kubernetes node: a real API server, scheduler, controller manager,
# kubelet, containerd, kube-proxy and CoreDNS, in network, mount, process and
# control-group namespaces of its own. Where it is up already, nothing is done.
# It needs root, Debian, and control groups of version 1; elsewhere kind does it
# (hack/kind).
#
# Usage: hack/cluster/up.sh
# Then:  hack/cluster/enter kubectl get nodes
#
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/settings.sh"

if node_pid >/dev/null; then exit 0; fi
if ((EUID != 0)); then
	echo "up.sh: root is needed, for namespaces and control groups" >&2
	exit 1
fi
if [[ ! -d /sys/fs/cgroup/memory ]]; then
	echo "up.sh: control groups of version 1 are needed; with Docker and kind: make kind-up" >&2
	exit 1
fi
"$here/../debian.sh" containerd runc containernetworking-plugins iptables nftables conntrack iproute2 openssl
bin=$("$here/../kube/build.sh")

"$here/down.sh" # what a crash has left
mkdir -p "$NODE_DIR"/{log,etcd,run}
ln -s "$bin" "$NODE_DIR/bin"
"$here/pki.sh" "$NODE_DIR/pki"

# Loopback, and a pair of interfaces that are both inside: kubelet and kube-proxy
# want a default route, and no packet leaves.
ip netns add "$NODE"
for args in \
	"link set lo up" \
	"link add node0 type veth peer name node1" \
	"addr add $node_ip/24 dev node0" \
	"link set node0 up" \
	"link set node1 up" \
	"route add default via $router_ip"; do
	# shellcheck disable=SC2086 # the words of a command
	ip -n "$NODE" $args
done

# A control group in every hierarchy, below our own.
while IFS=: read -r _ controllers path; do
	[[ -n $controllers ]] || continue
	group=/sys/fs/cgroup/${controllers#name=}${path%/}/$NODE
	mkdir -p "$group"
	echo "$group" >>"$NODE_DIR/cgroups"
	if [[ $controllers == cpuset ]]; then
		for file in cpus mems; do cat "$group/../cpuset.$file" >"$group/cpuset.$file"; done
	fi
done </proc/self/cgroup

# shellcheck disable=SC2016 # expanded by the inner shell
setsid nohup nsenter --net="/run/netns/$NODE" bash -c '
	while read -r group; do echo $$ >"$group/cgroup.procs"; done <"$NODE_DIR/cgroups"
	exec unshare --mount --pid --cgroup --fork --kill-child --mount-proc "$0"
	' "$here/node.sh" >"$NODE_DIR/log/node.log" 2>&1 </dev/null &
outer=$!

# wait_for SECONDS WHAT COMMAND...
wait_for() {
	local end=$((SECONDS + $1)) what=$2
	shift 2
	until "$@" >"$NODE_DIR/log/wait.log" 2>&1; do
		if ((SECONDS >= end)); then
			echo "up.sh: no $what in time" >&2
			tail -n 5 "$NODE_DIR"/log/*.log >&2
			exit 1
		fi
		sleep 0.2
	done
	[[ -z $NODE_DEBUG ]] || echo "up.sh: $what after $SECONDS s" >&2
}
started() { pgrep -P "$outer" -f node.sh >"$NODE_DIR/pid"; }
kubectl() { "$here/enter" kubectl "$@"; }

wait_for 10 "first process" started
wait_for 120 "API server" kubectl get --raw /readyz
wait_for 60 "containerd" "$here/enter" ctr version
for name in pause coredns; do
	"$here/image.sh" "$NODE_DIR/$name.tar" "localhost/$name:1" "$bin/$name" >/dev/null
	"$here/load.sh" "$NODE_DIR/$name.tar"
done
sed "s/DNS_IP/$dns_ip/" "$here/coredns.yaml" | kubectl apply -f - >/dev/null
wait_for 120 "node that is ready" kubectl wait --for=condition=Ready "node/$NODE" --timeout=1s
wait_for 120 "DNS" kubectl -n kube-system rollout status deployment/coredns --timeout=1s
echo "up.sh: Kubernetes $(kubectl version -o yaml | sed -n '/serverVersion/,$ s/.*gitVersion: //p') is up after $SECONDS s; hack/cluster/enter kubectl speaks to it" >&2

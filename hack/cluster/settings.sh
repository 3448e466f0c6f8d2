# shellcheck shell=bash disable=SC2034
# What the scripts of this folder agree upon. Each may be set from outside:
# clusters that are to run at once need a NODE of their own.
: "${NODE:=switchyard}"                                          # its name, its network namespace's and its cgroup's
: "${NODE_DIR:=${TMPDIR:-/tmp}/switchyard-cluster-$NODE}"        # all that it keeps; gone with it
: "${NODE_DEBUG:=}"                                              # not empty: say more
NODE_DIR=$(realpath -m "$NODE_DIR")
export NODE NODE_DIR

# These addresses are in its network namespace and nowhere else.
node_ip=10.99.0.2
router_ip=10.99.0.1
pods=10.244.0.0/24
services=10.96.0.0/16
api_ip=10.96.0.1
dns_ip=10.96.0.10

# The first process of the node, which all others end with.
node_pid() {
	local pid
	pid=$(cat "$NODE_DIR/pid" 2>/dev/null) && grep -qsz 'node.sh$' "/proc/$pid/cmdline" && echo "$pid"
}

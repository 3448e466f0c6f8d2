#!/usr/bin/env bash
# The first process in a node's namespaces, started by up.sh: it starts the
# others, and starts them again when they end.
#
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/settings.sh"
export PATH=$NODE_DIR/bin:/usr/sbin:$PATH
pki=$NODE_DIR/pki
cd "$NODE_DIR"

. "$here/mounts.sh"

for setting in ip_forward=1 conf/all/rp_filter=0; do
	echo "${setting#*=}" >"/proc/sys/net/ipv4/${setting%=*}"
done
echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables

# The configuration files name what differs between nodes by variables.
: >resolv.conf
mkdir -p etc /etc/cni/net.d
for file in "$here"/etc/*; do
	eval "cat <<EOF
$(<"$file")
EOF" >"etc/$(basename "$file")"
done
cp etc/cni.conflist /etc/cni/net.d/

# keep NAME COMMAND...: as a service manager would. While there is a file
# run/NAME.stopped it is not started again: see process.sh.
keep() {
	local name=$1
	shift
	while :; do
		if [[ ! -e run/$name.stopped ]]; then
			"$@" &
			echo $! >"run/$name.pid"
			wait $! || true
		fi
		sleep 0.5
	done >>"log/$name.log" 2>&1 &
}

keep etcd etcd --data-dir=etcd --unsafe-no-fsync --log-level=warn
keep apiserver kube-apiserver --etcd-servers=http://127.0.0.1:2379 \
	--advertise-address="$node_ip" --service-cluster-ip-range="$services" \
	--authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged \
	--client-ca-file="$pki/ca.crt" --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" \
	--kubelet-certificate-authority="$pki/ca.crt" --kubelet-preferred-address-types=InternalIP \
	--kubelet-client-certificate="$pki/apiserver-kubelet.crt" --kubelet-client-key="$pki/apiserver-kubelet.key" \
	--service-account-issuer=https://kubernetes.default.svc.cluster.local \
	--service-account-key-file="$pki/accounts.pub" --service-account-signing-key-file="$pki/accounts.key"
keep containerd containerd --config etc/containerd.toml
# After the API server was away, informers may lag by a minute. A node that is
# the whole cluster must not be taken for lost meanwhile, and its pods with it.
keep controller-manager kube-controller-manager --kubeconfig="$pki/controller-manager.kubeconfig" \
	--node-monitor-grace-period=10m --leader-elect=false --use-service-account-credentials \
	--root-ca-file="$pki/ca.crt" --service-account-private-key-file="$pki/accounts.key" \
	--cluster-signing-cert-file="$pki/ca.crt" --cluster-signing-key-file="$pki/ca.key"
keep scheduler kube-scheduler --kubeconfig="$pki/scheduler.kubeconfig" --leader-elect=false
keep kubelet kubelet --config=etc/kubelet.yaml --kubeconfig="$pki/kubelet.kubeconfig" \
	--hostname-override="$NODE" --node-ip="$node_ip"
keep proxy kube-proxy --config=etc/proxy.yaml
wait

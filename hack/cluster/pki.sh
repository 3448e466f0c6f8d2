#!/usr/bin/env bash
# Makes the certificates of a node and the kubeconfigs that use them.
#
# Usage: hack/cluster/pki.sh DIR
#
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
. "$(dirname "$0")/settings.sh"
mkdir -p "$1"
cd "$1"

key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
openssl req -x509 "${key[@]}" -keyout ca.key -out ca.crt -days 3650 -subj /CN=cluster 2>/dev/null
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out accounts.key 2>/dev/null
openssl pkey -in accounts.key -pubout -out accounts.pub

# certificate NAME USER GROUP [ALTERNATIVE-NAMES]
certificate() {
	openssl req -new "${key[@]}" -keyout "$1.key" -subj "/O=$3/CN=$2" 2>/dev/null |
		openssl x509 -req -CA ca.crt -CAkey ca.key -days 3650 -out "$1.crt" 2>/dev/null \
			-extfile <(printf 'extendedKeyUsage=clientAuth,serverAuth\nsubjectAltName=%s' "${4:-DNS:$1}")
}

# kubeconfig NAME
kubeconfig() {
	cat >"$1.kubeconfig" <<-EOF
		apiVersion: v1
		kind: Config
		clusters:
		- name: $NODE
		  cluster: {server: "https://127.0.0.1:6443", certificate-authority-data: $(base64 -w0 ca.crt)}
		users:
		- name: $1
		  user: {client-certificate-data: $(base64 -w0 "$1.crt"), client-key-data: $(base64 -w0 "$1.key")}
		contexts:
		- name: $NODE
		  context: {cluster: $NODE, user: $1}
		current-context: $NODE
	EOF
}

domain=kubernetes.default.svc.cluster.local
names="IP:127.0.0.1,IP:$node_ip,IP:$api_ip,DNS:localhost"
while [[ $domain == *.* ]]; do
	names+=",DNS:$domain"
	domain=${domain%.*}
done
certificate apiserver kube-apiserver kubernetes "$names,DNS:$domain"
certificate apiserver-kubelet kube-apiserver system:masters
certificate kubelet "system:node:$NODE" system:nodes "DNS:$NODE,IP:$node_ip"
certificate admin admin system:masters
for component in controller-manager scheduler proxy; do
	certificate $component system:kube-$component kubernetes
done
for user in admin kubelet controller-manager scheduler proxy; do kubeconfig $user; done

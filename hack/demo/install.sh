#!/usr/bin/env bash
# Installs the chart and the demonstration, config/samples/demo, in the cluster
# that kubectl speaks to, and says what to open. The image must be there.
#
# Usage: hack/demo/install.sh IMAGE-TAG
set -euo pipefail
cd "$(dirname "$0")/../.."
tag=${1:?usage: hack/demo/install.sh IMAGE-TAG}

for tool in helm kubectl; do
	command -v "$tool" >/dev/null || PATH=$PATH:$(hack/kube/build.sh helm kubectl)
done

# The demonstration has a Gateway of its own.
helm upgrade --install switchyard charts/switchyard --namespace switchyard-system --create-namespace \
	--set image.tag="$tag" --set gateway.create=false --wait --timeout 3m >/dev/null
kubectl create namespace demo --dry-run=client -o yaml | kubectl apply -f - >/dev/null
kubectl label --overwrite namespace demo pod-security.kubernetes.io/enforce=restricted >/dev/null
kubectl apply --namespace demo -f config/samples/demo
for deployment in mosquitto echo page; do
	kubectl --namespace demo rollout status "deployment/$deployment" --timeout=3m
done
kubectl --namespace demo wait --for=condition=Programmed gateway/demo --timeout=2m
kubectl --namespace demo get wsroute

cat <<EOF

The gateway and the page, by way of kubectl:

  kubectl -n demo port-forward service/demo-switchyard 8080:80 &
  kubectl -n demo port-forward service/page 8000 &

Then open http://localhost:8000 in two windows, and say something.
ws://localhost:8080/echo sends back what it is sent.
EOF

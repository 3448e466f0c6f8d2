#!/usr/bin/env bash
# Creates a cluster with kind, which needs Docker, unless there is one. Its
# kubeconfig is out/kind.kubeconfig: nobody's own is touched.
#
# Usage: hack/kind/up.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

for tool in docker kind; do
	command -v "$tool" >/dev/null || {
		echo "up.sh: $tool is not installed: see https://kind.sigs.k8s.io/docs/user/quick-start" >&2
		exit 1
	}
done
mkdir -p out
if ! kind get clusters 2>/dev/null | grep -qx switchyard; then
	kind create cluster --name switchyard --kubeconfig out/kind.kubeconfig --wait 2m
fi

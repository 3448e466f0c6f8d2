#!/usr/bin/env bash
# Builds and loads the image, and installs the demonstration, in the cluster of
# make kind-up.
#
# Usage: hack/kind/demo.sh IMAGE-TAG
set -euo pipefail
cd "$(dirname "$0")/../.."

export KUBECONFIG=$PWD/out/kind.kubeconfig
kind load image-archive out/image.tar --name switchyard
hack/demo/install.sh "$1"
echo
echo "kubectl is to use this cluster: export KUBECONFIG=$KUBECONFIG"

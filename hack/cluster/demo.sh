#!/usr/bin/env bash
# Loads the image, and stand-ins for those that cannot be pulled, and installs the
# demonstration in the cluster of up.sh.
#
# Usage: hack/cluster/demo.sh IMAGE-TAG
set -euo pipefail
cd "$(dirname "$0")/../.."

hack/cluster/load.sh out/image.tar
for name in mosquitto busybox; do
	[[ -e out/$name.tar ]] || hack/image/debian.sh "$name" "out/$name.tar"
	hack/cluster/load.sh "out/$name.tar"
done
hack/cluster/enter hack/demo/install.sh "$1"
echo
echo "All of this is in the cluster's network: hack/cluster/enter bash"

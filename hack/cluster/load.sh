#!/usr/bin/env bash
# Gives images to the cluster, for it cannot pull: archives as docker save and
# hack/image make them. Tags other than latest are not asked for elsewhere.
#
# Usage: hack/cluster/load.sh ARCHIVE...
set -euo pipefail
for archive in "$@"; do
	"$(dirname "$0")/enter" ctr --namespace k8s.io images import - <"$archive" >/dev/null
done

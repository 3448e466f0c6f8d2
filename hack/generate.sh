#!/usr/bin/env bash
# Generates what is generated from what is written, in place: gateway/config from
# its .proto, the deep copies, CRDs and reference of api/, the rights of the
# controller, the golden files of controllers/translate and controllers/provision,
# the tables of flags and metrics, the chart's copies of CRDs and rights and its
# table of values, and config/default, which is the chart without values. The
# tools' versions are those of hack/tools/go.mod and hack/kube/go.mod. What kubectl
# explain says is kept by go test ./test/api -update, which needs an API server.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=hack/tools/go.mod

mkdir -p out/tools
go build -C hack/tools -o "$PWD/out/tools/protogen" ./protogen
out/tools/protogen gateway/config/config.proto
gofmt -w gateway/config
go tool -modfile="$tools" controller-gen object crd paths=./api/... output:crd:dir=config/crd
# What the Gateway API marks as not for users, its own generator takes out.
for crd in config/crd/switchyard.dev_*.yaml; do
	sed -i.before -e '/<gateway:experimental:description>/,/<\/gateway:experimental:description>/d' \
		-e '/<gateway:util:excludeFromCRD>/,/<\/gateway:util:excludeFromCRD>/d' "$crd"
	rm "$crd.before"
done
go tool -modfile="$tools" controller-gen rbac:roleName=switchyard-controller paths=./controllers/... output:rbac:dir=config/rbac
go test ./gateway/metrics ./controllers ./controllers/translate ./api/v1alpha1 -update
go test ./controllers/provision -run TestGolden -update
go test ./cmd/switchyard -run TestTheManualHasTheControllersFlags -update

chart=charts/switchyard
rm -f "$chart"/charts/*/crds/*.yaml
cp config/crd/switchyard.dev_*.yaml "$chart/charts/switchyard-crds/crds/"
gateway_api=$(go list -m -f '{{.Dir}}' sigs.k8s.io/gateway-api)
for crd in "$gateway_api"/config/crd/standard/*.yaml; do
	# An admission policy is beside them.
	! grep -q '^kind: CustomResourceDefinition$' "$crd" || install -m 644 "$crd" "$chart/charts/gateway-api-crds/crds/"
done
cp config/rbac/role.yaml "$chart/files/role.yaml"

# render FILE TEMPLATE...: what the chart makes of some of its templates, without
# what is for Helm alone.
helm=${HELM:-$(hack/kube/build.sh helm)/helm}
render() {
	local file=$1
	shift
	"$helm" template switchyard "$chart" --namespace switchyard-system "${@/#/--show-only=templates/}" |
		sed -e '/^# Source: /d' -e '/ helm.sh\/chart: /d' -e '/ app.kubernetes.io\/managed-by: Helm$/d' -e '/^$/d' >"config/default/$file"
}
render controller.yaml controller/{deployment,service,poddisruptionbudget}.yaml
render gateway.yaml gateway/{gatewayclass,gateway}.yaml
go test ./test/chart -run TestTheManualHasTheValues -update

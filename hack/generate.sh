#!/usr/bin/env bash
# Generates what is generated from what is written, in place: gateway/config from
# its .proto, the deep copies, CRDs and reference of api/, the rights of the
# controller, the golden files of controllers/translate and controllers/provision,
# and the tables of flags and metrics. The tools' versions are those of
# hack/tools/go.mod. What kubectl explain says is kept by go test ./test/api
# -update, which needs an API server.
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

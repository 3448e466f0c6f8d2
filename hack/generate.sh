#!/usr/bin/env bash
# Generates what is generated from what is written, in place: gateway/config from
# its .proto, the deep copies of api/, the golden files of controllers/translate,
# and the list of metrics. The tools' versions are those of hack/tools/go.mod.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=hack/tools/go.mod

mkdir -p out/tools
go build -C hack/tools -o "$PWD/out/tools/protogen" ./protogen
out/tools/protogen gateway/config/config.proto
gofmt -w gateway/config
go tool -modfile="$tools" controller-gen object paths=./api/...
go test ./gateway/metrics ./controllers/translate -update

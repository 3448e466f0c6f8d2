#!/usr/bin/env bash
# Generates what is generated from what is written, in place.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/out/tools
mkdir -p "$tools"
go build -C hack/tools -o "$tools/protogen" ./protogen
"$tools/protogen" gateway/config/config.proto
go test ./gateway/metrics ./controllers/translate -update
gofmt -w gateway/config

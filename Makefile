# Needs Go and make. Targets that need a system package install it where they
# may, or say the exact command.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  := -s -w -X main.version=$(VERSION)
FUZZTIME ?= 10s
GO       ?= go
# What is built without the race detector is built in one way, so that nothing is compiled twice.
export CGO_ENABLED := 0
export GOFLAGS := $(strip $(shell $(GO) env GOFLAGS) -trimpath)
# hack/kube has no package of its own.
MODULES  := . hack/load hack/tools

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## serve config/samples/quickstart with an echo service behind it
	@bin/switchyard run -f config/samples/quickstart --echo 127.0.0.1:7007

build: ## bin/switchyard and bin/switchyard-gateway
	@$(GO) build -ldflags '$(LDFLAGS)' -o bin/ ./cmd/...

test: ## every test, with the race detector where that is possible
	@hack/test.sh

lint: ## vet, formatting, tidy modules; shell scripts where shellcheck is installed
	@for module in $(MODULES); do $(GO) vet -C $$module ./...; done
	@for module in $(MODULES) hack/kube; do $(GO) mod tidy -C $$module -diff; done
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$unformatted" ] || { echo "not gofmt-formatted: $$unformatted"; exit 1; }
	@! command -v shellcheck >/dev/null || shellcheck -x .ci/run $$(git ls-files '*.sh')

fuzz: ## every fuzz target for FUZZTIME each
	@hack/fuzz.sh $(FUZZTIME)

interop: build ## mqtt.js, noVNC, Chromium, ws and Node's client against real servers
	@hack/interop/run.sh

scale: ## the controller at 10,000 routes and 50,000 endpoints, with a real API server: minutes
	@assets=$${KUBEBUILDER_ASSETS:-$$(hack/kube/build.sh)}; KUBEBUILDER_ASSETS=$$assets SCALE=1 $(GO) test -v -count=1 -timeout 30m ./test/scale

bench: build ## the gateway beside HAProxy, nginx, websockify and a gorilla bridge
	@hack/bench/run.sh

generate: ## what is generated: protobuf, deep copies, CRDs, rights, golden files, references
	@hack/generate.sh

check: generate ## fails where what is generated is not what is committed
	@git --no-pager diff --exit-code

clean: ## remove what was built
	@rm -rf bin out

.PHONY: help run build test lint fuzz interop scale bench generate check clean

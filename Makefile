# Needs Go and make. Targets that need a system package install it where they
# may, or say the exact command.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VERSION  ?= $(shell hack/version.sh)
LDFLAGS  := -s -w -X main.version=$(VERSION)
FUZZTIME ?= 10s
BIN      := bin
GO       ?= go
# Build tags. TAGS=portable gives Linux the driver of sessions that other systems have.
TAGS     ?=
# Everything is built in one way, so that nothing is compiled twice. Without what debuggers want, a tenth faster.
export CGO_ENABLED := 0
export GOFLAGS := $(strip $(shell $(GO) env GOFLAGS) -trimpath -gcflags=all=-dwarf=false $(TAGS:%=-tags=%))
# hack/kube and Caddy's have no package of their own.
MODULES  := . hack/image hack/load hack/tools

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## serve config/samples/quickstart with an echo service behind it
	@bin/switchyard run -f config/samples/quickstart --echo 127.0.0.1:7007

build: ## bin/switchyard and bin/switchyard-gateway
	@$(GO) build -ldflags '$(LDFLAGS)' -o $(BIN)/ ./cmd/...

image: ## out/image.tar: the image, for docker load, without Docker; for another architecture: make image GOARCH=arm64
	@hack/image/build.sh out/image.tar

image-compare: ## with Docker: the image that it builds is the one that is built without
	@hack/image/compare.sh

kind-up: ## a cluster by kind, which needs Docker; its kubeconfig is out/kind.kubeconfig
	@hack/kind/up.sh

kind-demo: image ## the chart and a demonstration in the cluster of kind-up; says what to open
	@hack/kind/demo.sh $(VERSION)

kind-down: ## deletes the cluster of kind-up
	@kind delete cluster --name switchyard --kubeconfig out/kind.kubeconfig

cluster-up: ## a real node on this machine, without Docker: needs root and Debian
	@hack/cluster/up.sh

cluster-demo: image ## the chart and the demonstration in the cluster of cluster-up
	@hack/cluster/demo.sh $(VERSION)

cluster-down: ## ends the node of cluster-up
	@hack/cluster/down.sh

test: ## every test, with the race detector where that is possible
	@hack/test.sh $(PACKAGES)

test-portable: ## the tests of gateways again, with the driver of other systems
	@$(MAKE) --no-print-directory test TAGS=portable PACKAGES='./gateway ./gateway/xds ./test/conformance ./test/interop ./test/soak'

lint: ## vet, formatting, tidy modules; shell scripts where shellcheck is installed
	@for module in $(MODULES); do $(GO) vet -C $$module ./...; done
	@for module in $(MODULES) hack/kube hack/load/peers/caddy; do $(GO) mod tidy -C $$module -diff; done
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$unformatted" ] || { echo "not gofmt-formatted: $$unformatted"; exit 1; }
	@! command -v shellcheck >/dev/null || shellcheck -x .ci/run $$(git ls-files '*.sh') hack/cluster/enter

fuzz: ## every fuzz target for FUZZTIME each
	@hack/fuzz.sh $(FUZZTIME)

interop: build ## mqtt.js, noVNC, Chromium, ws and Node's client against real servers
	@hack/interop/run.sh

e2e: ## the chart on a real node, under a crowd of live sessions; needs root and Debian
	@hack/e2e.sh

scale: ## the controller at 10,000 routes and 50,000 endpoints, with a real API server: minutes
	@assets=$${KUBEBUILDER_ASSETS:-$$(hack/kube/build.sh kube-apiserver etcd kubectl)}; KUBEBUILDER_ASSETS=$$assets SCALE=1 $(GO) test -v -count=1 -timeout 30m ./test/scale

bench: build ## the gateway beside HAProxy, nginx, Caddy, websockify and bridges of Go
	@hack/bench/run.sh

generate: ## what is generated: protobuf, deep copies, CRDs, rights, golden files, references
	@hack/generate.sh

check: generate ## fails where what is generated is not what is committed
	@git --no-pager diff --exit-code

clean: ## remove what was built
	@rm -rf bin out

.PHONY: help run build image image-compare kind-up kind-demo kind-down cluster-up cluster-demo cluster-down test test-portable lint fuzz interop e2e scale bench generate check clean

# One image for the controller and the gateway, without a shell or a package in it:
#   docker build --build-arg VERSION="$(hack/version.sh)" -t switchyard/switchyard .
# hack/image/build.sh makes the same one without Docker: it runs the same script
# for the build stage, and reads the final stage here.

FROM --platform=$BUILDPLATFORM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY . .
ARG VERSION=dev
ARG TARGETOS
ARG TARGETARCH
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
	GOOS=$TARGETOS GOARCH=$TARGETARCH hack/image/root.sh /image

FROM scratch
ARG VERSION=dev
LABEL org.opencontainers.image.title="Switchyard" \
	org.opencontainers.image.description="A WebSocket ingress for Kubernetes" \
	org.opencontainers.image.licenses="Apache-2.0" \
	org.opencontainers.image.version="$VERSION"
COPY --from=build /image/ /
ENV PATH=/usr/local/bin
USER 65532:65532
ENTRYPOINT ["switchyard"]

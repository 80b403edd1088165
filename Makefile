# make builds; make test is what CI runs.
VERSION = $(shell git describe --tags --always --dirty 2>/dev/null)
COMMIT = $(shell git rev-parse --short=7 HEAD 2>/dev/null)
LDFLAGS = -s -w -X github.com/td-cli/td/cmd.version=$(VERSION) -X github.com/td-cli/td/cmd.commit=$(COMMIT)
FUZZTIME = 60s
comma = ,
export CGO_ENABLED ?= 0

build:
	@go build -trimpath -ldflags '$(LDFLAGS)' -o td .

install:
	@go install -trimpath -ldflags '$(LDFLAGS)' .

test:
	go test ./...

race:
	CGO_ENABLED=1 go test -race ./...

bench:
	go test -run '^$$' -bench . -benchmem -benchtime 0.5s ./...

fuzz:
	@.ci/fuzz $(FUZZTIME)

fmt: bin/gofumpt
	@bin/gofumpt -w $$(git ls-files '*.go')

lint: bin/golangci-lint
	@bin/golangci-lint run

completions:
	@go test ./cmd -run TestCompletions -update

# A whole release, in dist/, of what is committed: without a network, and without an SBOM where syft is not installed.
snapshot: bin/goreleaser
	@bin/goreleaser release --snapshot --clean --skip=docker$(if $(shell command -v syft),,$(comma)sbom)

# What a tag makes of it; .github/workflows/release.yml has the rights that it needs.
release: bin/goreleaser
	@bin/goreleaser release --clean

# The checks of a release that need no network and no tag: the configuration, and one target built.
snapshot-check: bin/goreleaser
	@bin/goreleaser check
	@bin/goreleaser build --snapshot --clean --single-target

bin/gofumpt:
	GOBIN=$(CURDIR)/bin go install mvdan.cc/gofumpt@v0.12.0

bin/golangci-lint:
	GOBIN=$(CURDIR)/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

bin/goreleaser:
	GOBIN=$(CURDIR)/bin go install github.com/goreleaser/goreleaser/v2@v2.16.0

.PHONY: build install test race bench fuzz fmt lint completions snapshot release snapshot-check

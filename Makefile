# make builds ./td. .github/CONTRIBUTING.md describes the targets.
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

# A test package may take several times as long on a busy machine. More packages than cores run at once, because several
# mostly wait for other processes.
test:
	go test -p 4 -timeout 30m ./...

race:
	CGO_ENABLED=1 go test -race -timeout 40m ./...

bench:
	go test -run '^$$' -bench . -benchmem -benchtime 0.5s ./...

fuzz:
	@.ci/fuzz $(FUZZTIME)

# Runs the official clients against the sandbox. Needs Python, Java with Maven and Node, and their registries once. With
# ENGINE=trino, the tables of the sandbox are on a Trino cluster that is started; this needs a JDK 24, too.
conformance:
	@CONFORMANCE_ENGINE=$(ENGINE) .ci/conformance

# Compares the sandbox's SQL with a real Trino and a real Hive, which Maven fetches. Without N, the recorded answers are
# replaced, or with MISSING=1 completed; make oracle SEED=7 N=5000 compares 5000 new statements. It also tests the
# sandbox with its tables on the Trino.
oracle:
	@.ci/oracle $(if $(SEED),-seed $(SEED)) $(if $(N),-n $(N)) $(if $(MISSING),-missing) $(ENGINES)

fmt: bin/gofumpt
	@bin/gofumpt -w $$(git ls-files '*.go')

lint: bin/golangci-lint prose
	@bin/golangci-lint run

# vale checks the language of comments and documents. Building it needs a C compiler.
prose:
	@if command -v $(CC) >/dev/null; then \
		$(MAKE) --no-print-directory bin/vale && bin/vale --no-wrap $$(git ls-files '*.go' '*.md' '*.txtar'); \
	else echo 'no C compiler: vale is skipped'; fi

completions:
	@go test ./cmd -run TestCompletions -update

# Builds a release of the committed files in dist/, without a network, and without an SBOM if syft is not installed.
snapshot: bin/goreleaser
	@bin/goreleaser release --snapshot --clean --skip=docker$(if $(shell command -v syft),,$(comma)sbom)

# Publishes the release of a tag; run by .github/workflows/release.yml.
release: bin/goreleaser
	@bin/goreleaser release --clean

# Checks the release configuration and builds one target.
snapshot-check: bin/goreleaser
	@bin/goreleaser check
	@bin/goreleaser build --snapshot --clean --single-target

bin/gofumpt:
	GOBIN=$(CURDIR)/bin go install mvdan.cc/gofumpt@v0.12.0

bin/golangci-lint:
	GOBIN=$(CURDIR)/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

bin/vale:
	CGO_ENABLED=1 GOBIN=$(CURDIR)/bin go install github.com/vale-cli/vale/v3/cmd/vale@v3.21.0

bin/go-licenses:
	GOBIN=$(CURDIR)/bin go install github.com/google/go-licenses@v1.6.0

bin/goreleaser:
	GOBIN=$(CURDIR)/bin go install github.com/goreleaser/goreleaser/v2@v2.16.0

.PHONY: build install test race bench fuzz conformance oracle fmt lint prose completions snapshot release snapshot-check

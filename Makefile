# Everything anybody does with the source. `make help` lists it.
SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS   += --no-print-directory
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# One set of build flags: each other set would keep its own copy of everything in the build cache.
export CGO_ENABLED := 0
export GOFLAGS     := -trimpath
export GOTOOLCHAIN ?= local

PORT ?= 8420
DEMO ?= .demo
DB   ?= sqlite:$(DEMO)/peiban.db

web_sources := $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -print 2>/dev/null)
linter      := v2.15.0
version     := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

# Packages in which goroutines share something: the race detector reads these.
concurrent := ./internal/api/... ./internal/channel/... ./internal/conductor/... ./internal/ingest ./internal/job/... \
	./internal/event/... ./internal/sandbox/... ./internal/staff/... ./internal/store/... ./internal/timeline/... ./internal/workspace/...

programmes := $(patsubst %/programme.yaml,%,$(wildcard programmes/*/programme.yaml))

.PHONY: help demo serve build web test test-go test-race test-web test-clients test-programme test-replay test-browser soak lint format bench bench-full clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  PORT=8420 is where make demo begins to look for a free port."

demo: ## build everything, make 200 people with 180 days behind them, serve them on this machine
	@scripts/needs.sh demo
	@$(MAKE) build
	@bin/peiban demo --dir $(DEMO) --port $(PORT)

serve: build ## serve the database DB (default: the one of the demo)
	@bin/peiban serve --db $(DB)

build: web ## build the web apps and one static binary, bin/peiban
	@echo "go: building bin/peiban (first time: up to four minutes)"
	@node scripts/alive.mjs go go build -v -ldflags "-s -w -X main.version=$(version)" -o bin/peiban ./cmd/peiban

web: web/dist/.built ## build the web apps into web/dist

# npm ci runs again only when the lock file changed.
web/node_modules/.installed: web/package-lock.json
	@echo "npm: installing the packages of web/ (first time: up to two minutes)"
	@cd web && node ../scripts/alive.mjs npm npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/.built: web/node_modules/.installed $(web_sources)
	@echo "vite: building console, phone and start page"
	@cd web && npm run --silent build -- --logLevel warn
	@touch $@

test: ## everything: format, vet, Go tests on both databases, race detector, web, clients of others, programme, replay, browser
	@scripts/needs.sh test
	@$(MAKE) test-go
	@$(MAKE) test-race
	@$(MAKE) test-web
	@$(MAKE) build
	@$(MAKE) test-clients
	@$(MAKE) test-programme
	@$(MAKE) test-replay
	@$(MAKE) test-browser
	@echo "make test: everything passed"

test-go: ## gofmt, go vet, go test ./... (SQLite and PostgreSQL)
	@scripts/needs.sh go
	@echo "== gofmt"; out=$$(gofmt -l bench cmd internal programmes web/*.go); [ -z "$$out" ] || { echo "not formatted: $$out"; exit 1; }
	@echo "== go vet"; go vet ./...
	@echo "== go test"; scripts/gotest.sh ./...

test-race: ## the race detector on the packages in which goroutines share something
	@scripts/needs.sh race
	@echo "== go test -race"; CGO_ENABLED=1 scripts/gotest.sh -race -short -timeout 30m $(concurrent)

test-web: web/node_modules/.installed ## types, unit tests, size budget of the web apps
	@echo "== web: types"; cd web && npm run --silent check
	@echo "== web: unit tests"; cd web && npm run --silent test
	@$(MAKE) web
	@echo "== web: size of the first screen"; cd web && npm run --silent budget

test/wecomclients/node_modules/.installed: test/wecomclients/package-lock.json
	@cd test/wecomclients && node ../../scripts/alive.mjs npm npm ci --no-audit --no-fund --loglevel=error
	@touch $@

test-clients: test/wecomclients/node_modules/.installed ## clients that others wrote, against the sandbox
	@[ -x bin/peiban ] || $(MAKE) build
	@echo "== clients of others"; cd test/wecomclients; out=$$(gofmt -l .); [ -z "$$out" ] || { echo "not formatted: $$out"; exit 1; }; go vet .
	@cd test/wecomclients && ../../scripts/gotest.sh -count=1 . && npm run --silent test

test-programme: ## the checks and tests of the programmes that ship
	@[ -x bin/peiban ] || $(MAKE) build
	@echo "== programmes"; bin/peiban programme check $(programmes)
	@for p in $(programmes); do bin/peiban programme test $$p || exit 1; done

test-replay: ## a small company of people, lived, then lived again from the event log
	@[ -x bin/peiban ] || $(MAKE) build
	@echo "== replay"; rm -rf .test/replay; mkdir -p .test
	@bin/peiban demo --dir .test/replay --people 60 --days 60 --build-only
	@bin/peiban replay --verify --db sqlite:.test/replay/peiban.db
	@if [ -n "$${PEIBAN_DATA:-}" ]; then echo "== real readings, imported twice and replayed"; \
	  for n in 1 2; do bin/peiban import uci-diabetes "$$PEIBAN_DATA/uci_diabetes_aim94/raw" --db sqlite:.test/replay/uci.db --rejects .test/replay/rejects.csv; done; \
	  [ "$$(($$(wc -l < .test/replay/rejects.csv) - 1))" = 188 ]; \
	  bin/peiban replay --verify --db sqlite:.test/replay/uci.db; fi

test-browser: ## the story of the demo in a real browser, with pictures
	@scripts/needs.sh browser
	@[ -x bin/peiban ] || $(MAKE) build
	@echo "== browser"; cd web && CHROMIUM="$$(../scripts/needs.sh chromium)" npm run --silent e2e

bin/tools/golangci-lint-$(linter):
	@scripts/needs.sh demo
	@echo "go: building golangci-lint $(linter) (some minutes, once)"; mkdir -p bin/tools
	@GOBIN=$$PWD/bin/tools node scripts/alive.mjs go go install -v github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(linter)
	@mv bin/tools/golangci-lint $@

SEEDS   ?= 5000
FROM    ?= 1
SOAK_DB ?= sqlite
soak: ## thousands of seeds of work with faults on the real store (SEEDS=5000 FROM=1 SOAK_DB=sqlite); Ctrl-C stops it
	@go test ./internal/soak -run Soak -count=1 -timeout 0 -db=$(SOAK_DB) -seeds=$(SEEDS) -from=$(FROM)

lint: bin/tools/golangci-lint-$(linter) ## golangci-lint (built once into bin/tools)
	@bin/tools/golangci-lint-$(linter) run ./...

format: bin/tools/golangci-lint-$(linter) ## gofumpt and goimports over the Go files, as lint wants them
	@bin/tools/golangci-lint-$(linter) fmt

bench: build ## measure, small sizes, within ten minutes
	@go run ./bench --binary bin/peiban

bench-full: build ## measure at the sizes of the bars, within an hour
	@go run ./bench --binary bin/peiban --full

clean: ## remove what was built and the demo's database
	rm -rf bin .demo .test web/dist/assets web/dist/console web/dist/m web/dist/mobile web/dist/start web/dist/.vite web/dist/.built

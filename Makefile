# Targets of tarn's development. "make help" lists them.

.DEFAULT_GOAL := help
GO ?= go

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## build ./tarn
	$(GO) build -o tarn .

.PHONY: demo
demo: build ## watch the main job on a simulated server; needs nothing but Go
	@sh examples/quickstart/demo.sh

.PHONY: demo-lxd
demo-lxd: build ## the same on a private LXD; needs root and LXD
	@$(GO) run ./lxd/lxdtest/lxdrun -- sh examples/quickstart/demo.sh --here

.PHONY: test
test: ## run all tests; those that need a server start private ones when LXD is installed
	$(GO) test ./...

.PHONY: race
race: ## run all tests with the race detector
	$(GO) test -race ./...

.PHONY: fuzz
fuzz: ## fuzz what reads bytes from outside, FUZZTIME each (default 60s)
	@sh testdata/fuzz.sh $(or $(FUZZTIME),60s)

.PHONY: properties
properties: ## try CASES random specs, and as many schedules of moves, on simulated servers (default 10000), others each time
	$(GO) test ./planner/promises -run '^TestSimulated$$' -v -timeout 2h -rapid.checks=$(or $(CASES),10000)
	$(GO) test ./lxd/migrate -run '^TestSchedules$$' -v -timeout 2h -schedules=$(or $(CASES),10000)

.PHONY: nightly
nightly: ## what proves moves at length: real servers that are killed, the model of the protocol in depth
	TARN_TRIALS=full $(GO) test ./lxd/migrate/trials -v -timeout 4h -parallel 2
	TARN_MODEL=full $(GO) test ./lxd/migrate -run '^TestModel' -v -timeout 4h

.PHONY: bench
bench: ## run the benchmarks
	$(GO) test -run '^$$' -bench . ./...

.PHONY: lint
lint: ## check formatting, vet and staticcheck
	@bad=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$bad" ] || { echo "gofmt would change:"; echo "$$bad"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

.PHONY: update
update: ## write what the commands print into testdata/script
	UPDATE=1 $(GO) test -run TestScripts .

.PHONY: check
check: lint test ## what CI runs

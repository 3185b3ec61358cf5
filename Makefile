# Targets of tarn's development. "make help" lists them.

.DEFAULT_GOAL := help
GO ?= go

# Packages that are tested at a time: much of their time is waiting for servers.
JOBS ?= $(shell expr 2 \* $$(getconf _NPROCESSORS_ONLN))

# The packages whose tests take longest begin first.
LONG = ./planner/promises ./lxd ./applier

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## build ./tarn, which needs no library of the machine it runs on
	CGO_ENABLED=0 $(GO) build -o tarn .

.PHONY: demo
demo: build ## watch the main job on a simulated server; needs nothing but Go
	@sh examples/quickstart/demo.sh

.PHONY: demo-lxd
demo-lxd: build ## the same on a private LXD; needs root and LXD
	@$(GO) run ./lxd/lxdtest/lxdrun -- sh examples/quickstart/demo.sh --here

.PHONY: test
test: ## run the tests; those that need a server start private ones when LXD is installed, or use the simulator
	$(GO) test -p $(JOBS) $(TESTFLAGS) $(LONG) ./...

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
nightly: ## the tests at length: more cases, side by side with real servers, whole processes that are killed, the model in depth
	TARN_TESTS=full $(GO) test ./lxd ./lxd/sim ./planner ./planner/promises ./planner/drift/page -v -timeout 2h
	$(GO) test ./planner/promises -run '^TestOn(LXD|Cluster)$$' -v -timeout 2h -rapid.checks=200
	$(GO) test ./lxd/sim -run '^TestBesideServers$$' -v -timeout 2h -rapid.checks=100
	TARN_TRIALS=full $(GO) test ./lxd/migrate/trials -v -timeout 4h -parallel 2
	TARN_MODEL=full $(GO) test ./lxd/migrate -run '^TestModel' -v -timeout 4h
	$(MAKE) --no-print-directory mutants

.PHONY: mutants
mutants: ## change the code of applier, planner and lxd/migrate in small ways, and tell which changes no test notices; LIMIT for each (default 1h)
	@sh testdata/mutants.sh $(or $(LIMIT),1h)

.PHONY: bench
bench: build ## time whole commands beside a bare client on a private LXD (BENCHFLAGS, such as "-tables read -volumes 1000"), then the Go benchmarks
	@$(GO) run ./lxd/lxdtest/bench $(BENCHFLAGS)
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
check: ## what CI runs: lint and test, side by side
	@$(MAKE) --no-print-directory -j2 lint test TESTFLAGS="-vet=off $(TESTFLAGS)" # lint vets

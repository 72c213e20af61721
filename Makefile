# What people type most. Everything of weight is in scripts/test.sh.

.DEFAULT_GOAL := build
FUZZTIME ?= 20s

.PHONY: build test check bench fuzz demo clean

build: ## one static binary, bin/talon
	CGO_ENABLED=0 go build -trimpath -o bin/talon ./cmd/talon

test: ## every check: format, vet, lint, build, tests on SQLite and PostgreSQL, benchmarks' tests, browser
	scripts/test.sh $(if $(STRICT),--strict)

check: ## the quick ones, before a commit
	scripts/test.sh format vet lint build

bench: ## times in Go, and the ratios against other engines
	go test -run '^$$' -bench . -benchmem ./calendar ./money ./policy ./packs ./internal/ingest
	cd bench && go run ./report

fuzz: ## every fuzz target for FUZZTIME
	scripts/fuzz.sh $(FUZZTIME)

demo: ## three retailers with sales and claims, in a temporary folder
	go run ./cmd/talon demo

clean:
	rm -rf bin dist coverage.out

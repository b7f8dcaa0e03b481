# Everything a person does here is one word after `make`; `make` alone lists the words.

SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=

# The tool carries the Swift runtime with it, so that it runs (and starts fast) without a toolchain.
ifeq ($(shell uname),Linux)
  STATIC := --static-swift-stdlib
endif
RELEASE := $(SWIFT) build -c release --product palimpsest $(STATIC)
SOURCES := Package.swift Sources Tests

.PHONY: help
help: ## List these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

.PHONY: demo
demo: build ## Build datasets from a few novels, check them, look at them (out/demo)
	@Tools/demo "$$($(RELEASE) --show-bin-path)/palimpsest"

.PHONY: build
build: dependencies ## Build the tool, optimised
	$(RELEASE)

.PHONY: test
test: dependencies-tests ## Build everything, check the formatting, run all tests and the Python checks
	$(SWIFT) build --build-tests
	@$(MAKE) --no-print-directory format-check
	$(SWIFT) test --skip-build
	@Tools/check-with-python "$$($(SWIFT) build --show-bin-path)/palimpsest"

.PHONY: build-plain
build-plain: dependencies ## Build with the required system libraries alone (all traits off)
	$(SWIFT) build --disable-default-traits --scratch-path .build-plain --product palimpsest

.PHONY: bench
bench: build ## Time the tool on the corpora at hand, beside the usual Python way when that is installed
	@Benchmarks/run "$$($(RELEASE) --show-bin-path)/palimpsest"

.PHONY: fuzz
fuzz: dependencies ## Fuzz every reader for a minute each (SECONDS=60)
	@Tools/fuzz $(or $(SECONDS),60)

.PHONY: bench-tokenizers
bench-tokenizers: build ## Time encoding and training beside every peer that PyPI has (after comparing ids and merges)
	@Benchmarks/tokenizers "$$($(RELEASE) --show-bin-path)/palimpsest"

.PHONY: install
install: build ## Install the tool: make install PREFIX=/usr/local
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 "$$($(RELEASE) --show-bin-path)/palimpsest" "$(DESTDIR)$(PREFIX)/bin/palimpsest"

.PHONY: format
format: ## Format the sources in place
	$(SWIFT) format --in-place --parallel --recursive $(SOURCES)
	python3 Tools/wrap_comments.py $(SOURCES)

.PHONY: format-check
format-check: ## Fail over sources that are not formatted
	$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)

.PHONY: clean
clean: ## Remove everything that was built or made here
	rm -rf .build .build-plain .build-fuzz .venv-test out

.PHONY: dependencies
dependencies:
	@Tools/install-dependencies

.PHONY: dependencies-tests
dependencies-tests:
	@Tools/install-dependencies --tests

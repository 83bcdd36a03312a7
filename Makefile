# `make` alone lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-embedded soak check bench docs clean

VENV := .venv
BIN := $(VENV)/bin
# A virtual environment holds absolute paths: the mark of where it was made has the folder's checksum.
HERE := $(VENV)/made-$(shell pwd | cksum | cut -d' ' -f1)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALL := $(PIP) install --constraint constraints.txt
PINS := pyproject.toml constraints.txt
# Side by side, each on a core of its own: a module in one process, what needs the one Neo4j in one; one that dies ends the run. ARGS="-n 0" runs all in one.
PYTEST := MALLOC_ARENA_MAX=2 POLARS_MAX_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadgroup --max-worker-restart 0

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/installed ## install, load seeds/ and serve the pages on 127.0.0.1:8000 (another store: LIANZHANG_STORE)
	$(BIN)/lianzhang load seeds
	$(BIN)/lianzhang serve

test: $(VENV)/installed-test ## run all tests, on both stores and in a browser; installs Java, Maven and Chromium if it may
	.ci/system-packages neo4j browser
	LIANZHANG_REQUIRE_NEO4J=1 LIANZHANG_REQUIRE_BROWSER=1 $(PYTEST) $(ARGS)

test-embedded: $(VENV)/installed-test ## run the tests that need no Neo4j, and change nothing on this machine
	$(PYTEST) -m "not neo4j" $(ARGS)

soak: $(VENV)/installed-test ## run what takes long: fifty clients for minutes, hundreds of generations
	LIANZHANG_SOAK=1 LIANZHANG_KILLS=200 $(BIN)/python -m pytest tests/soak tests/test_loaders_kill.py tests/test_generations.py tests/test_edits.py -s $(ARGS)

check: $(VENV)/installed-test ## format, lint, check the types and the directions of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/installed-test ## measure speed and memory at several sizes
	$(BIN)/python -m benchmarks $(ARGS)

docs: $(VENV)/installed ## write docs/model.md anew from the model
	$(BIN)/lianzhang schema --format markdown > docs/model.md.new
	mv docs/model.md.new docs/model.md

clean: ## remove the virtual environment, caches and build output; loaded graphs stay
	rm -rf $(VENV) dist build test-output .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(HERE): $(if $(shell test -x $(BIN)/python && echo yes),,missing)
	python=$$(.ci/find-python) && "$$python" -m venv --clear $(VENV)
	touch $@

$(VENV)/installed: $(HERE) $(PINS)
	@echo "installing the packages of constraints.txt (once; about a minute)" >&2
	$(INSTALL) hatchling
	$(INSTALL) --no-build-isolation --editable .
	touch $@

$(VENV)/installed-test: $(VENV)/installed
	@echo "installing what the tests need (once)" >&2
	$(INSTALL) --no-build-isolation --editable '.[test,analyst]'
	touch $@

.PHONY: missing
missing:

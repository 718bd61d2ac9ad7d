# Cairn's commands. `make` or `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run demo test test-fast check coverage tidy format docs bench mutants lock core clean

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
BENCH := build/bench-env

# What `make run` stands on: the embedded parts unless told otherwise.
PORT ?= 8080
BROKER ?= embedded
DATABASE ?= sqlite
CACHE ?= memory
SEED ?= 1
MENTORS ?= 60
MENTEES ?= 200
WORKERS ?= 2

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

run: $(if $(filter-out embedded sqlite memory,$(BROKER) $(DATABASE) $(CACHE)),$(VENV)/dev.stamp,$(VENV)/run.stamp) core ## start everything on http://localhost:8080 (BROKER=kafka DATABASE=postgres CACHE=redis PORT=8080)
	@exec $(BIN)/python -m deploy.local.run --port $(PORT) --broker $(BROKER) --database $(DATABASE) --cache $(CACHE)

demo: $(VENV)/run.stamp ## fill the running system with a realistic programme (SEED=1 MENTORS=60 MENTEES=200 PORT=8080)
	@exec $(BIN)/python -m deploy.demo --url http://localhost:$(PORT) --seed $(SEED) --mentors $(MENTORS) --mentees $(MENTEES)

test: $(VENV)/dev.stamp core ## run every test, on real Kafka, PostgreSQL and Redis started here and stopped again
	@exec $(BIN)/python -m tests.support.stack run -- $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

# The inside of the house: what is decided and how it is conducted. Doors, databases, contracts, the matching kernel and
# the ways of deployment wait for `make test`.
INSIDE := tests/architecture tests/events tests/chassis tests/*/domain tests/*/use_cases \
  --ignore tests/chassis/web --ignore tests/matcher/solver

test-fast: $(VENV)/dev.stamp core ## run the tests of the inside (domain, use cases, chassis): no server, under a minute
	@exec $(BIN)/python -m pytest $(INSIDE) -n $(WORKERS) --hypothesis-profile fast -m "not stack and not system and not slow" $(ARGS)

check: $(VENV)/dev.stamp ## hold the house rules: format, lint, types, import contracts, generated files
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/clang-format --dry-run --Werror $$(git ls-files '*.c' '*.h')
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@$(BIN)/python -m tests.support.dead_code
	@$(BIN)/python -m deploy.docs --check

tidy: $(VENV)/dev.stamp ## look for bugs in the C of the solver, half a minute
	@$(BIN)/clang-tidy --quiet $$(git ls-files '*.c') -- -std=c99

coverage: $(VENV)/dev.stamp core ## show the branches that the tests take, in Python and in C, and hold the floor of C (slow)
	@rm -rf build/coverage && mkdir -p build/coverage
	@$(BIN)/python -m tests.support.stack run -- $(BIN)/coverage run -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report
	@$(BIN)/python -m tests.support.c_coverage

format: $(VENV)/dev.stamp ## put the code in the house's format
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

docs: $(VENV)/dev.stamp ## write the generated documents: events, schemas, OpenAPI, AsyncAPI, settings, routes
	@$(BIN)/python -m deploy.docs

bench: $(BENCH)/stamp ## measure the matching engine side by side with its peers, about 15 minutes (ARGS="--sizes 1000x300 --repeat 9")
	@exec $(BENCH)/bin/python -m bench.matching --out bench/results/matching.json $(ARGS)

mutants: $(VENV)/dev.stamp core ## plant small faults in the kernel and see which the tests notice (ARGS="--count 300 --seed 1 --files augment.c")
	@exec nice $(BIN)/python -m tests.mutants $(ARGS)

core: $(VENV)/run.stamp ## build the compiled matching core where a C compiler is there; without one the plain twin serves
	@$(BIN)/python -m services.matcher.solver.native.build

lock: $(VENV)/dev.stamp ## write the lock files anew from pyproject.toml (hashes, no addresses)
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --extra services pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --extra services --extra dev pyproject.toml -o requirements-dev.lock
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --extra services --extra bench -c requirements.lock pyproject.toml -o bench/requirements.lock
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header bench/mentor-match.in -o bench/mentor-match.lock

clean: ## remove the environment, built and run-time files (also the data in var/)
	rm -rf $(VENV) build var .pytest_cache .mypy_cache .ruff_cache .hypothesis

# --- the environment -------------------------------------------------------------------------------------------------

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null 2>&1 && PY=$(PYTHON) || PY=python3; \
	"$$PY" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null \
	  || { echo "Cairn needs Python 3.11: install it, or name it with PYTHON=/path/to/python3.11."; exit 1; }; \
	"$$PY" -m venv $(VENV) || { echo "Python's venv module is missing: install it (on Debian: the package python3.11-venv)."; exit 1; }

$(VENV)/run.stamp: requirements.lock | $(BIN)/python
	@echo "Installing what Cairn runs on (hash-locked) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock | $(VENV)/run.stamp
	@echo "Installing what the tests and checks need (hash-locked) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# The peers of `make bench`: an environment of their own, of which nothing enters the project's.
$(BENCH)/stamp: bench/requirements.lock bench/mentor-match.lock | $(BIN)/python
	@echo "Installing the solvers to compare with (hash-locked) ..."
	@$(BIN)/python -m venv --clear $(BENCH)
	@$(BENCH)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r bench/requirements.lock
	@$(BENCH)/bin/pip install --quiet --disable-pip-version-check --require-hashes --target $(BENCH)/mentor-match -r bench/mentor-match.lock
	@touch $@

# Every target that runs something first installs what is missing, and only that: a second call starts in seconds.
# ARGS goes to the command behind the target: make test ARGS="-k outage"

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test trial lint bench lock clean packages packages-dev browser

ARGS ?=
BIN := .venv/bin

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## /\1 /p' Makefile | while read -r target text; do printf '  make %-7s %s\n' "$$target" "$$text"; done

demo: packages browser ## slawatch on a stand-in for Tommy, with switches for faults and a mail sink
	@exec $(BIN)/slawatch demo $(ARGS)

test: packages-dev browser ## all tests: real Chromium, SMTP server, PostgreSQL, Prometheus, Alertmanager
	@scripts/install-test-services
	@exec $(BIN)/pytest $(ARGS)

trial: packages-dev ## the API asked at length what its document allows, and what it does not
	@exec $(BIN)/python tests/api_trial.py --max-examples 300 --phases examples,coverage,fuzzing,stateful $(ARGS)

lint: packages-dev ## ruff, mypy --strict, import layers, hadolint, shellcheck
	@scripts/lint

bench: packages-dev browser ## the measurements of benchmarks/README.md
	@scripts/install-test-services
	@exec $(BIN)/python -m benchmarks $(ARGS)

lock: ## pin what pyproject.toml asks for, anew in locks/ (ARGS=--upgrade: newest versions)
	@scripts/lock $(ARGS)

clean: ## remove .venv, caches and builds (the next call installs them again)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist *.egg-info

# The parts of a set-up; each says nothing and does nothing when it was done before.

packages:
	@scripts/install-packages run

packages-dev:
	@scripts/install-packages dev

browser: packages
	@scripts/install-browser

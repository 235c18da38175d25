# moonreel: `make demo` makes a film, `make test` runs every test.
# Needs only Python 3.11+ (with venv) and make; everything else goes into .venv.
PYTHON ?= python3
JOBS ?= 4
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test check bench clean

help:
	@echo "make demo   set up, then make a film from examples/"
	@echo "make test   set up, then run all tests"
	@echo "make check  format, lint and type checks"
	@echo "make bench  benchmarks (JSON, table, plot)"

$(VENV)/.core: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Moonreel needs Python 3.11 or newer: make PYTHON=python3.12 demo")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.core
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

setup: $(VENV)/.core
setup-dev: $(VENV)/.dev

# A home of its own: the demo shows this checkout at work, not a film made before.
demo: $(VENV)/.core
	MOONREEL_HOME=$(CURDIR)/.moonreel $(BIN)/moonreel make examples/the-crow-and-the-pitcher.md --quality fast --captions -o out/the-crow-and-the-pitcher.mp4

# Four at a time, since many tests wait for processes: `make test JOBS=0` runs them in turn.
test: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) out .moonreel

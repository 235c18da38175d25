# moonreel: `make demo` makes a film, `make test` runs every test.
# Needs only Python 3.11+ (with venv) and make; everything else goes into .venv.
PYTHON ?= python3
JOBS ?= 4
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev setup-models demo test test-gpu check bench bench-compose clean

help:
	@echo "make demo   set up, then make a film from examples/"
	@echo "make setup  set up only, as after an update"
	@echo "make test   set up, then run all tests (also those of the models, on tiny ones)"
	@echo "make test-gpu  the tests that need a CUDA device"
	@echo "make check  format, lint and type checks"
	@echo "make bench  benchmarks (JSON, table, plot)"
	@echo "make bench-compose   films beside those of MoviePy and x264 alone, half an hour"

$(VENV)/.core: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Moonreel needs Python 3.11 or newer: make PYTHON=python3.12 demo")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.core
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

# One install line, so that the extras' pins allow exactly one torch. Where the default
# index has only CUDA builds for your system, a CPU build is enough for the tests:
#   make test MODELS_PIP='--extra-index-url https://download.pytorch.org/whl/cpu'
MODELS_PIP ?=
$(VENV)/.models: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(MODELS_PIP) --editable '.[dev,image,coqui,stt]'
	@touch $@

setup: $(VENV)/.core
# Beside a GPU also what keeps FLUX in 4 bits, which needs CUDA.
setup-models: $(VENV)/.models
	@if command -v nvidia-smi >/dev/null; then $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,image,coqui,stt,four-bit]'; fi
setup-dev: $(VENV)/.dev

# A home of its own: the demo shows this checkout at work, not a film made before.
demo: $(VENV)/.core
	MOONREEL_HOME=$(CURDIR)/.moonreel $(BIN)/moonreel make examples/the-crow-and-the-pitcher.md --quality fast --engine image=papercut,voice=espeak --captions -o out/the-crow-and-the-pitcher.mp4

# Four at a time, since many tests wait for processes: `make test JOBS=0` runs them in turn.
# The page and the models have a process each: one Chromium, one load of the libraries.
test: $(VENV)/.models
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal --ignore tests/models --ignore tests/browser
	$(BIN)/python -m pytest -n 0 tests/browser
	REQUIRE_MODELS=1 $(BIN)/python -m pytest -n 0 -m "not gpu" tests/models

test-gpu: $(VENV)/.models
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,image,coqui,four-bit]'
	REQUIRE_MODELS=1 $(BIN)/python -m pytest -n 0 -m gpu tests/models

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

bench-compose: $(VENV)/.dev
	$(BIN)/python -m benchmarks.compose.peers --write

clean:
	rm -rf $(VENV) out .moonreel

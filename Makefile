# SPDX-License-Identifier: MIT
#
# `make help` lists the targets. Everything happens in $(VENV), which is made on
# first use; PYTHON chooses the interpreter it is made with (3.11 or later).

PYTHON ?=
VENV ?= .venv
PYTEST_ARGS ?=
SOAK_ARGS ?=
PROOFS_ARGS ?=
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install -q --disable-pip-version-check --no-compile
# A folder's time changes with the names in it, so a removed file counts, too.
NATIVE := src/emlrt/_ffi_build.py $(shell find c -name '*.[ch]' -o -type d)
$(if $(filter c/src/%.c,$(NATIVE)),,$(error no C sources in c/src))
PYTHON_FILES := $(wildcard setup.py ci src tests benchmarks docs examples proofs)
C_FILES = $(shell find $(wildcard c src tests benchmarks proofs) \
  \( -name .venv -o -name _c -o -path '*/exports/folders' \) -prune -o ! -name _native.c \
  \( -name '*.[ch]' -o -name '*.cc' \) -print)
CLANG_FORMAT := $(VENV)/bin/clang-format
QUICK := tests/program/test_golden.py tests/program/test_planner.py \
  tests/runtime/test_families.py tests/runtime/test_c_api.py

.PHONY: help demo quick test test-versions test-boards test-foreign soak coverage proofs lint format hooks bench ops sizes docs clean ready
.DEFAULT_GOAL := help

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

demo: $(VENV)/demo.deps $(VENV)/native ## train, convert and predict in C, on scikit-learn's digits
	@$(PY) -m emlrt demo

quick: $(VENV)/test.deps $(VENV)/native ## in seconds: lint, golden blobs, families, planner, C API
	@status=0; \
	$(MAKE) --no-print-directory lint || status=1; \
	$(PY) -m pytest -q --durations 3 $(QUICK) $(PYTEST_ARGS) || status=1; \
	exit $$status

test: ready ## lint, and every test
	@mkdir -p build; \
	$(MAKE) --no-print-directory lint > build/lint.txt 2>&1 & lint=$$!; \
	status=0; \
	$(PY) -m pytest -n auto --maxprocesses 8 --dist loadfile --no-loadscope-reorder \
	  --durations 40 --durations-min 2 $(PYTEST_ARGS) || status=1; \
	wait $$lint || status=1; cat build/lint.txt; exit $$status

test-versions: $(VENV)/native ## every estimator with older scikit-learn, by hand
	@$(PY) tests/versions/run.py

test-boards: $(VENV)/native ## sources of MicroPython (MPY_DIR=...), RIOT (RIOTBASE=...), by hand
	@$(if $(MPY_DIR)$(RIOTBASE),,echo "name MPY_DIR or RIOTBASE"; exit 1)
	@$(if $(MPY_DIR),$(PY) tests/boards/micropython.py $(MPY_DIR))
	@$(if $(RIOTBASE),$(PY) tests/boards/riot.py $(RIOTBASE))

test-foreign: $(VENV)/native ## the wheel on emulated machines, and Windows by wine, by hand
	@$(PY) tests/foreign/run.py

soak: ready ## the long run: fuzzing by the hundred million
	@$(PY) tests/soak/run.py $(SOAK_ARGS)

coverage: ready ## what the tests reach, of C and Python: docs/COVERAGE.md
	@$(PY) docs/coverage.py -- $(PYTEST_ARGS)

proofs: $(VENV)/proofs.deps ## bounded proofs of the C runtime, for an hour
	@$(PY) proofs/prove.py $(PROOFS_ARGS)

lint: $(VENV)/test.deps $(VENV)/native ## layout of C and Python, ruff and mypy --strict
	$(PY) -m ruff check $(PYTHON_FILES)
	$(PY) -m ruff format --check $(PYTHON_FILES)
	@echo '$(CLANG_FORMAT) --dry-run -Werror (every C file)'
	@$(CLANG_FORMAT) --dry-run -Werror $(C_FILES)
	$(PY) -m mypy
	$(PY) -m mypy --config-file ci/scripts.ini

format: $(VENV)/test.deps ## lay out C and Python anew
	@$(PY) -m ruff format $(PYTHON_FILES)
	@$(CLANG_FORMAT) -i $(C_FILES)

hooks: $(VENV)/test.deps ## have git check the layout and the types at each commit
	@$(PIP) pre-commit
	@$(PY) -m pre_commit install

bench: ready ## measure anew what benchmarks/ has as CSV
	@set -e; for name in size instructions host host_nets host_numeric boosting host_boosting maths nets gaussians neighbors; do \
	  echo "benchmarks/$$name.py"; $(PY) benchmarks/$$name.py; done
	@$(PY) docs/figures.py

ops: $(VENV)/made ## what follows from the ops of format.h: declarations, lists, tables
	@$(PY) docs/ops.py

sizes: $(VENV)/test.deps $(VENV)/native ## bytes of the runtime and each op: what has changed
	@ci/setup apt gcc-arm-none-eabi gcc-avr avr-libc
	@$(PY) docs/sizes.py

docs: $(VENV)/docs.deps $(VENV)/native ## the site, with every example run: build/site
	@ci/setup apt gcc-arm-none-eabi qemu-system-arm
	@$(PY) docs/site/build.py

clean: ## remove everything that was built, and the environment
	rm -rf $(VENV) build dist src/*.egg-info digits.eml demo.eml
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	rm -f src/emlrt/_native.c src/emlrt/_native*.so
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What tests need: apt's packages while pip and the compiler are at work.
ready: $(VENV)/made
	@ci/setup apt & \
	$(MAKE) -s --no-print-directory $(VENV)/test.deps $(VENV)/native; status=$$?; \
	wait; exit $$status

# What stands below runs only when something it depends on has changed.
.NOTPARALLEL:

$(VENV)/made:
	@ci/setup venv $(VENV) $(PYTHON)
	@touch $@

$(VENV)/demo.deps: EXTRAS := demo cli emulate
$(VENV)/test.deps: EXTRAS := test
$(VENV)/proofs.deps: EXTRAS := proofs
$(VENV)/%.deps: $(VENV)/made pyproject.toml ci/requirements.py
	@echo "setup: installing packages for: $*"
	@$(PY) ci/requirements.py $(EXTRAS) > $@.txt
	@$(PIP) -r $@.txt
	@touch $@

$(VENV)/installed: $(VENV)/build.deps setup.py ci/incremental.py c/include/emlrt/emlrt.h
	@echo "setup: installing emlrt, as this folder has it"
	@$(PIP) --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/native: $(VENV)/installed $(NATIVE)
	@echo "setup: compiling the C runtime"
	@$(PY) setup.py -q build_ext --inplace
	@touch $@

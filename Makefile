# The commands of a working day. `make` alone lists them.
# PYTHON names the interpreter of a new environment; ARGS go to pytest; PORT is the demo's.

PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; print(sys.argv[1]) if sys.version_info >= (3, 11) else None' $(name) 2>/dev/null)))
PORT ?= 8000
ARGS ?=
LOCK_ARGS ?=

BIN := .venv/bin
ENVIRONMENT := .venv/installed
VENDOR := project/static/vendor/.installed
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(LOCK_ARGS)

.PHONY: help install demo test lint bench fuzz schema stop assets lock
.DELETE_ON_ERROR:

help:
	@echo "make install   the environment in .venv/ and the browser assets (quick when nothing changed)"
	@echo "make demo      seven customers with 90 days of mail at http://localhost:$(PORT) (PORT=...)"
	@echo "make test      all tests (ARGS=... for pytest)"
	@echo "make lint      style, types, imports, templates, migrations"
	@echo "make bench     the benchmarks"
	@echo "make fuzz      each parser for 20 seconds (ARGS=\"postfix --seconds 60\")"
	@echo "make schema    write docs/openapi.yaml again, after a change of the API"
	@echo "make stop      stop the embedded servers of this checkout"
	@echo "make assets    copy the browser libraries again"
	@echo "make lock      compile requirements/*.in and package.json again (LOCK_ARGS=--upgrade)"

# The own modules too are compiled here, those that changed: where PYTHONDONTWRITEBYTECODE is set, each command would.
install: $(ENVIRONMENT) $(VENDOR)
	@$(BIN)/python -m compileall -q project insights reports tenants tests

# uv is taken from the same hashed list and installs it in a tenth of pip's time; where only pip knows the way to
# the packages (a mirror in pip.conf), pip does it all.
$(ENVIRONMENT): requirements/dev.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with PYTHON=..." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@awk '/^[^ ]/ { taken = /^uv==/ } taken && !/#/' requirements/dev.txt > .venv/uv.txt
	@echo "Installing the Python packages"
	@{ $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt && \
	   $(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements/dev.txt; } || \
	 $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@# Compiled once here: where PYTHONDONTWRITEBYTECODE is set, every command would compile Django again.
	@$(BIN)/python -m compileall -q -j 0 .venv/lib >/dev/null 2>&1 || true
	@touch $@

$(VENDOR): package-lock.json project/assets.py | $(ENVIRONMENT)
	@command -v npm >/dev/null || test -x $(BIN)/npm || \
	 $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/node.txt
	@echo "Installing the browser assets"
	@PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@$(BIN)/python -m project.assets
	@touch $@

assets:
	@rm -f $(VENDOR)
	@$(MAKE) --no-print-directory $(VENDOR)

demo: install
	$(BIN)/python manage.py demo --port $(PORT)

test: install
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile $(ARGS)

lint: install
	@$(BIN)/python -c "from project import prepare; prepare.servers()"
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python -W error manage.py makemigrations --check --dry-run
	$(BIN)/python -W error manage.py check
	@! git grep --untracked -nE '(pypi|pythonhosted|npmjs)[.](org|com)|"resolve[d]":|--(extra-)?index[-]url' \
	 -- ':!Makefile' ':!tests/test_architecture.py' || { echo "addresses of registries are not committed" >&2; exit 1; }

bench: install
	$(BIN)/python -m tests.bench $(ARGS)

fuzz: install
	$(BIN)/python -m tests.fuzz $(ARGS)

schema: install
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

stop:
	@test ! -x $(BIN)/python || $(BIN)/python -m project.embedded stop

lock: $(ENVIRONMENT)
	$(COMPILE) requirements/base.in -o requirements/base.txt
	$(COMPILE) requirements/dev.in -o requirements/dev.txt
	$(COMPILE) requirements/node.in -o requirements/node.txt
	npm install --package-lock-only --ignore-scripts

# Everything that is run by hand or by CI. `make serve` on a fresh machine is enough.

BIN := .venv/bin
READY := .venv/.ready

# A Python that can make a virtual environment; only looked for when there is none yet. That of a
# Linux comes first: built with profile-guided optimisation, it saves an eighth of the time and more.
FIND_PYTHON = for python in $(if $(wildcard /etc/os-release),/usr/bin/python3) \
	    python3.13 python3.12 python3.11 python3; do \
	  $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	    && { echo $$python; break; }; \
	done

# The lock's own pip comes first: that of an older Python looks at every file of an index, for half
# of its time. What is installed is compiled on all cores, which pip does on one.
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
# Every second package of the lock, so that two pips share the work.
HALF = awk -v half=$$0 "/^[a-z0-9]/ { number++ } number % 2 == half" requirements.lock

# What was compiled is kept: each process that begins, and a gate starts fifty, would compile it anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: serve test tests check browser screenshots fmt bench lock

serve: $(READY)
	@exec $(BIN)/jiesu serve

# What checks one file after another leaves half of two cores to the tests; installing, too.
test:
	@$(MAKE) --jobs=2 $(READY) browser
	@$(MAKE) --jobs=2 check tests

tests: $(READY) browser
	$(BIN)/pytest

# The screens are tried in Debian's Chromium.
browser:
	@sh scripts/browser.sh

screenshots: $(READY) browser
	@mkdir -p docs/screens
	JIESU_TEST_SCREENSHOTS=docs/screens $(BIN)/pytest --numprocesses=0 tests/console

check: $(READY)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/lint-imports
	$(BIN)/mypy

fmt: $(READY)
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: $(READY)
	$(BIN)/python -m bench.routing
	$(BIN)/python -m bench.suggest
	$(BIN)/python -m bench.rankings
	$(BIN)/python -m bench.api

$(READY): requirements.lock pyproject.toml
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  python=$$($(FIND_PYTHON)); \
	  test -n "$$python" || { echo 'Python 3.11 or newer, with venv, is needed' >&2; exit 1; }; \
	  echo "Making .venv with $$($$python --version); the first time takes a minute"; \
	  $$python -m venv --clear .venv; \
	}
	@sed -n '/^pip==/,/# via/p' requirements.lock | $(INSTALL) --no-deps --require-hashes -r /dev/stdin
	@printf '0 1' | xargs -n 1 -P 2 sh -c \
	  '$(HALF) | $(INSTALL) --no-deps --require-hashes -r /dev/stdin'
	@PYTHONWARNINGS=ignore $(INSTALL) --no-deps --no-build-isolation -e .
	@$(BIN)/python -W ignore -m compileall -q -j 0 -x '/(tests|mypy|mypyc)/' .venv/lib app
	@touch $@

# One lock for every Python we run on; it names no index, so each machine uses its own.
lock: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --quiet pyproject.toml --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --output-file requirements.lock

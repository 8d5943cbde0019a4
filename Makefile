# `make run` and `make test` need make and Python 3.11 or newer with venv, nothing else. `make help` lists the rest.

PYTHON  ?= python3
WORKERS ?= 2
COV_MIN ?= 90
LOCK    ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq

# A user's own pip and Python settings keep their index and certificates, but must not send packages elsewhere.
unexport PIP_REQUIRE_VIRTUALENV PIP_USER PIP_TARGET PIP_PREFIX PIP_ROOT PIP_PYTHON PIP_NO_BINARY PIP_ONLY_BINARY
unexport PIP_CONSTRAINT PIP_BUILD_CONSTRAINT PIP_REQUIREMENT PIP_REQUIRE_HASHES PIP_NO_DEPS PIP_DRY_RUN PIP_PRE PIP_IGNORE_INSTALLED
unexport PYTHONPATH PYTHONHOME

# The workers share the cores already: threads inside BLAS would only get in their way.
test coverage test-long nightly: export OMP_NUM_THREADS = 1
test coverage test-long nightly: export OPENBLAS_NUM_THREADS = 1
test coverage test-long nightly: export MKL_NUM_THREADS = 1

# A copy of the process keeps what it reached here, and not in the folder where its test happens to be.
coverage: export COVERAGE_FILE = $(CURDIR)/.coverage

# An environment holds absolute paths: one that was copied or moved with the repository is made again.
ifneq ($(shell cat .venv/.made-stamp 2>/dev/null),$(CURDIR))
.venv/.made-stamp: ALWAYS
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: ALWAYS help run test coverage test-browser test-long nightly check format case-studies bench lock clean

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-20s%s\n", $$1, $$2}'

run: .venv/.run-stamp  ## the worked example: option 1, with referrals from Bristol and from UHNM
	$(BIN)/bedsim run scenarios/option-1.yaml \
		--also scenarios/overlays/referrals-bristol.yaml \
		--also scenarios/overlays/referrals-uhnm.yaml

check: .venv/.dev-stamp  ## format, lint, types, layers, docstrings, spelling, dependencies
	$(BIN)/ruff format --check --quiet --output-format concise .
	$(BIN)/ruff check --quiet --output-format concise .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pydoclint --quiet bedsim
	$(BIN)/codespell
	$(BIN)/deptry --no-ansi bedsim

format: .venv/.dev-stamp  ## mend what ruff can mend by itself
	$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

test: check  ## the checks and the quick tests
	$(BIN)/python -m pytest -n $(WORKERS)

coverage: .venv/.dev-stamp  ## the quick tests once more, and how much of the code they reach; twice as slow
	$(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report=term --cov-fail-under=$(COV_MIN)

test-browser: .venv/.dev-stamp  ## the page for a board in a headless Chromium
	$(BIN)/python -m pytest -m browser tests/browser

nightly: .venv/.dev-stamp  ## 20,000 random networks through both engines
	$(BIN)/python -m pytest -m nightly -n $(WORKERS)

test-long: .venv/.dev-stamp  ## the statistical tests, which need many replications
	$(BIN)/python -m pytest -m long -n $(WORKERS)

case-studies: .venv/.run-stamp  ## four simulated people before and after; writes docs/case-studies.md
	$(BIN)/python docs/case_studies.py > docs/case-studies.md

bench: .venv/.dev-stamp  ## speed and memory beside SimPy, Ciw and C; writes docs/performance.md
	$(BIN)/python -m benchmarks.bench

# The addresses of a private index must not end in the locks, nor the hashes of its own builds.
# One version for every Python (`fewest`): the same scenario gives the same numbers on each.
UV_COMPILE = env -u UV_INDEX -u UV_DEFAULT_INDEX -u UV_INDEX_URL -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS -u UV_CONSTRAINT \
	"$$tmp/bin/uv" pip compile pyproject.toml --no-config --group build --universal --python-version 3.11 \
	--fork-strategy fewest --only-binary :all: --generate-hashes --no-emit-index-url --no-annotate --quiet \
	--custom-compile-command "make lock" $(LOCK)

lock:  ## make both lock files again; LOCK=--upgrade takes the newest versions
	@tmp=$$(mktemp -d) && trap 'rm -rf "$$tmp"' EXIT \
	&& $(PYTHON) -m venv "$$tmp" && "$$tmp/bin/pip" install -qq --disable-pip-version-check uv \
	&& $(UV_COMPILE) --output-file requirements.lock \
	&& $(UV_COMPILE) --extra dev --extra cluster --extra sensitivity --constraint requirements.lock --output-file requirements-dev.lock

clean:  ## remove the environment, the caches and what was built
	rm -rf .venv build dist htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find bedsim tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

.venv/.made-stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	|| { echo "bedsim needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) --version 2>&1 | grep -o '^Python [0-9.]*' || echo not there). Try: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	|| { echo "'$(PYTHON)' cannot make a virtual environment: it lacks venv or ensurepip. On Debian: apt install python3-venv"; exit 1; }
	@echo "Making .venv and installing what the lock names (once, a minute or two)"
	@$(PYTHON) -m venv --clear .venv
	@echo "$(CURDIR)" > $@

.venv/.run-stamp: .venv/.made-stamp requirements.lock pyproject.toml
	@$(PIP) install --require-hashes --only-binary :all: -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# On top of the run stamp: the two locks agree on every version they share.
.venv/.dev-stamp: .venv/.run-stamp requirements-dev.lock
	@$(PIP) install --require-hashes --only-binary :all: -r requirements-dev.lock
	@touch $@

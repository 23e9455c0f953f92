# Commands of the project. `make help` lists them.

SHELL := /bin/sh

# Bytecode is kept, whatever the shell says: the tests start hundreds of processes.
unexport PYTHONDONTWRITEBYTECODE
VENV := .venv
BIN := $(VENV)/bin
STATE ?= .state
PORT ?= 8000
SEEDS ?= 10000
FROM ?= 0
SECONDS ?= 300
SEED ?=
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --constraint constraints.txt

# Where there is memory to write to, the tests' throwaway databases need not wait for a disk.
PYTEST := $(if $(wildcard /dev/shm/.),TMPDIR=/dev/shm) $(BIN)/python -m pytest -q

.DEFAULT_GOAL := help
.PHONY: help run demo federation check types units test simulate fuzz chaos texts pictures programs bench bench-ledger bench-matching clean

help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-22s %s\n", $$1, $$2}'

run: $(VENV)/.installed ## Start the demonstration federation at http://localhost:8000 (PORT=... STATE=...)
	@exec $(BIN)/byttebank up --state "$(STATE)" --port "$(PORT)"

demo: $(VENV)/.installed ## Play the story of one exchange against the running federation
	@exec $(BIN)/python -m demo.story --url "http://localhost:$(PORT)"

federation: $(VENV)/.installed-test ## Start three counties on RabbitMQ and PostgreSQL of their own, to look at
	@exec $(BIN)/python tests/federation/bed.py

check: $(VENV)/.installed-test ## Format, lint, types and the tests without servers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@$(MAKE) --no-print-directory --jobs 2 types units

types: $(VENV)/.installed-test
	$(BIN)/mypy byttebank services gateway demo simulation

units: $(VENV)/.installed-test
	$(PYTEST) --numprocesses auto --dist worksteal -m "not simulation" tests/unit tests/contracts tests/architecture

test: programs check ## Everything
	$(PYTEST) --numprocesses auto --dist worksteal -m simulation tests/unit tests/simulation
	$(PYTEST) tests/integration --ignore tests/integration/story
	$(PYTEST) tests/integration/story
	$(PYTEST) tests/browser
	$(PYTEST) tests/federation

texts: $(VENV)/.installed ## Bring the catalogs and the description of the interface up to the code
	@$(BIN)/python -m gateway.generate
	@$(BIN)/python -m byttebank.language.catalogs services/notify services/matching/rounds

simulate: $(VENV)/.installed ## Play SEEDS lives of several counties with every fault, FROM a first seed
	@exec $(BIN)/byttebank bench simulate --seeds "$(SEEDS)" --from "$(FROM)"

fuzz: $(VENV)/.installed-test ## Fuzz the reading of other counties' messages for SECONDS
	@$(PIP) --editable '.[fuzz]'
	@cd "$$(mktemp -d)" && exec "$(CURDIR)/$(BIN)/python" "$(CURDIR)/tests/fuzz/envelope.py" -max_total_time="$(SECONDS)"

chaos: programs ## Kill everything in three real counties under load for SECONDS (SEED=...)
	BYTTEBANK_TEST_CHAOS_SECONDS="$(SECONDS)" $(if $(SEED),BYTTEBANK_TEST_SEED="$(SEED)") $(PYTEST) tests/federation/test_federation_chaos.py

pictures: $(VENV)/.installed-test ## Take the pictures of README.md anew
	@exec $(BIN)/python tests/browser/pictures.py

programs: $(VENV)/.installed-test ## Install the Debian packages that `test` needs, or say which
	@$(BIN)/python tests/federation/programs.py

bench: $(VENV)/.installed ## Measure starting, resting, and a day's way into both books, embedded and in production mode
	@$(BIN)/python -m bench.first_day
	@$(BIN)/python -m bench.production

bench-ledger: $(VENV)/.installed-test $(VENV)-hordak ## Measure the ledger beside pgbench and django-hordak, as its book grows, and over real brokers
	@$(BIN)/python -m bench.ledger --hordak $(VENV)-hordak/bin/python
	@$(BIN)/python -m bench.settlement

bench-matching: $(VENV)/.installed-test ## Measure rounds beside first come, NetworkX and plain HiGHS, every plan checked
	@exec $(BIN)/python -m bench.matching

# What ours is compared with has an environment of its own, so that nothing of it comes into ours.
$(VENV)-hordak: bench/hordak.txt
	@$(BIN)/python -m venv $@ && $@/bin/python -m pip install -q -r bench/hordak.txt && touch $@

clean: ## Forget what the federation keeps
	rm -rf "$(STATE)" .test-state artefacts

# The environment is made, and brought up to date when the dependencies have changed.
$(VENV)/.installed: pyproject.toml constraints.txt
	@fits() { "$$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }; \
	if ! fits $(BIN)/python || ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	    for python in python3.13 python3.12 python3.11 python3 none; do fits "$$python" && break; done; \
	    if [ "$$python" = none ]; then \
	        echo "Byttebank needs Python 3.11, 3.12 or 3.13, and none was found. Debian: apt install python3 python3-venv" >&2; \
	        exit 1; \
	    fi; \
	    echo "Setting up $(VENV) with $$($$python --version), once."; \
	    rm -rf $(VENV); \
	    if ! "$$python" -m venv $(VENV); then \
	        rm -rf $(VENV); \
	        echo "$$python cannot make virtual environments. Debian: apt install python3-venv" >&2; \
	        exit 1; \
	    fi; \
	fi
	@$(PIP) --editable . && touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	@$(PIP) --editable '.[test]' && touch $@
